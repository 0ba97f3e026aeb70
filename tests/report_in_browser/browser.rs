//! A browser without a screen, driven by the protocol that Chromium speaks over a pipe.

use std::{
    collections::VecDeque,
    env,
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tempfile::TempDir;

/// How long the browser may be silent.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser, with one page. What the page complains about, and what it asks a network for, is kept.
pub(crate) struct Browser {
    process: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    asked: u64,
    told: VecDeque<Value>,
    complaints: Vec<String>,
    /// Its profile and the pages that it shows.
    folder: TempDir,
}

/// Where Chromium is: `CHROMIUM`, or one of the names that it has.
fn chromium() -> Option<PathBuf> {
    if let Some(path) = env::var_os("CHROMIUM") {
        return Some(path.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let paths = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&paths).collect();
    (names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name))))
    .find(|path| path.is_file())
}

impl Browser {
    /// None where there is no Chromium, unless `ORCHESTRATED_BROWSER=required`.
    pub(crate) fn start() -> Option<Self> {
        let Some(chromium) = chromium() else {
            let required = env::var("ORCHESTRATED_BROWSER").is_ok_and(|value| value == "required");
            assert!(
                !required,
                "there is no chromium in PATH, and CHROMIUM names none"
            );
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder for the browser");
        // The protocol is spoken over descriptors 3 and 4, which a shell can make of the pipes that there are.
        let mut process = Command::new("sh")
            .args([
                "-c",
                r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#,
            ])
            .arg(chromium)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--remote-debugging-pipe",
            ])
            .arg(format!(
                "--user-data-dir={}",
                folder.path().join("profile").display()
            ))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell to start chromium with");
        let to = process.stdin.take().expect("a pipe to the browser");
        let output = BufReader::new(process.stdout.take().expect("a pipe from the browser"));
        let (sender, from) = mpsc::channel();
        thread::spawn(move || {
            for message in output.split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else {
                    continue;
                };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self {
            process,
            to,
            from,
            session: None,
            asked: 0,
            told: VecDeque::new(),
            complaints: Vec::new(),
            folder,
        };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", &json!({ "url": "about:blank" }));
        let target = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.call("Target.attachToTarget", &target);
        self.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
        self.size(1440, 1000);
        self.scheme("light");
    }

    /// Asks the browser for something, and waits for the answer.
    fn call(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        write!(self.to, "{message}\0").expect("the browser listens");
        self.to.flush().expect("the browser listens");
        loop {
            let answer = self.next();
            if answer["id"] != json!(id) {
                self.told.push_back(answer);
                continue;
            }
            assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
            return answer["result"].clone();
        }
    }

    /// What the browser says next. Complaints are kept.
    fn next(&mut self) -> Value {
        let message = self
            .from
            .recv_timeout(PATIENCE)
            .expect("the browser answers");
        let params = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => self.complain("exception", &params["exceptionDetails"]),
            "Log.entryAdded" => self.complain("log", &params["entry"]),
            "Runtime.consoleAPICalled" => self.complain("console", params),
            "Network.requestWillBeSent" => {
                let url = params["request"]["url"].as_str().unwrap_or_default();
                let is_page = url.starts_with("file:") && params["type"] == "Document";
                if !is_page && !url.starts_with("data:") {
                    self.complain("request", &params["request"]);
                }
            }
            _ => {}
        }
        message
    }

    fn complain(&mut self, what: &str, value: &Value) {
        self.complaints.push(format!("{what}: {value}"));
    }

    /// What the page has complained about, or asked a network for, since this was asked last.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        // Whatever was on its way has arrived with this answer.
        self.eval("0");
        std::mem::take(&mut self.complaints)
    }

    /// Opens a page from a file.
    pub(crate) fn open(&mut self, name: &str, html: &str) {
        let file = self.folder.path().join(format!("{name}.html"));
        std::fs::write(&file, html).expect("a page to open");
        self.go(&format!("file://{}", file.display()));
    }

    fn go(&mut self, url: &str) {
        self.told.clear();
        self.call("Page.navigate", &json!({ "url": url }));
        let is_loaded = |message: &Value| message["method"] == "Page.loadEventFired";
        while !self.told.iter().any(is_loaded) {
            let message = self.next();
            self.told.push_back(message);
        }
    }

    /// Loads the page again.
    pub(crate) fn reload(&mut self) {
        let url = self.eval("location.href");
        self.go("about:blank");
        self.go(url.as_str().expect("an address"));
    }

    /// What an expression is, in the page.
    pub(crate) fn eval(&mut self, expression: &str) -> Value {
        let params =
            json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let result = self.call("Runtime.evaluate", &params);
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {}",
            result["exceptionDetails"]
        );
        result["result"]["value"].clone()
    }

    pub(crate) fn text(&mut self, selector: &str) -> String {
        // What is out of sight may not be laid out yet: then it has no `innerText`.
        let text = self.eval(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); return e?.innerText || e?.textContent; }})()"
        ));
        text.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn count(&mut self, selector: &str) -> usize {
        let count = self.eval(&format!("document.querySelectorAll({selector:?}).length"));
        count
            .as_u64()
            .and_then(|count| count.try_into().ok())
            .unwrap_or(0)
    }

    /// Clicks on the middle of an element, as a mouse does: on whatever lies there.
    pub(crate) fn click(&mut self, selector: &str) {
        let place = self.eval(&format!(
            "(() => {{ const e = document.querySelector({selector:?}); if (!e) return null; \
             e.scrollIntoView({{ block: 'center', inline: 'center' }}); const r = e.getBoundingClientRect(); \
             return [r.x + r.width / 2, r.y + r.height / 2]; }})()"
        ));
        assert!(place.is_array(), "there is no {selector} to click on");
        for kind in ["mousePressed", "mouseReleased"] {
            let params = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", &params);
        }
    }

    /// Presses a key: `Tab`, `Enter`, `ArrowDown`, `+`.
    pub(crate) fn key(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "Escape" => (27, ""),
            "End" => (35, ""),
            "Home" => (36, ""),
            "ArrowLeft" => (37, ""),
            "ArrowUp" => (38, ""),
            "ArrowRight" => (39, ""),
            "ArrowDown" => (40, ""),
            _ => (0, key),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut params = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code });
            if kind == "keyDown" && !text.is_empty() {
                params["text"] = json!(text);
            }
            self.call("Input.dispatchKeyEvent", &params);
        }
    }

    /// Types a text where the focus is.
    pub(crate) fn insert(&mut self, text: &str) {
        self.call("Input.insertText", &json!({ "text": text }));
    }

    /// `light` or `dark`, as the system has it.
    pub(crate) fn scheme(&mut self, scheme: &str) {
        let features = json!([
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": "reduce" },
        ]);
        self.call(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        );
    }

    pub(crate) fn size(&mut self, width: u32, height: u32) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Keeps a picture of the page, for people, in the folder that `ORCHESTRATED_SCREENSHOTS` names.
    pub(crate) fn picture(&mut self, name: &str) {
        let Some(folder) = env::var_os("ORCHESTRATED_SCREENSHOTS") else {
            return;
        };
        // What comes into view is drawn a moment later.
        self.eval("new Promise((then) => setTimeout(then, 300))");
        let picture = self.call(
            "Page.captureScreenshot",
            &json!({ "format": "png", "captureBeyondViewport": false }),
        );
        let picture = STANDARD.decode(picture["data"].as_str().unwrap_or_default());
        let file = Path::new(&folder).join(format!("{name}.png"));
        std::fs::write(&file, picture.expect("a picture")).expect("a folder for pictures");
    }

    /// As a PDF, which is how it prints.
    pub(crate) fn pages(&mut self) -> usize {
        let params = json!({ "printBackground": true, "preferCSSPageSize": true });
        let pdf = self.call("Page.printToPDF", &params);
        let pdf = STANDARD
            .decode(pdf["data"].as_str().unwrap_or_default())
            .expect("a PDF");
        if let Some(folder) = env::var_os("ORCHESTRATED_SCREENSHOTS") {
            std::fs::write(Path::new(&folder).join("printed.pdf"), &pdf).expect("a folder");
        }
        String::from_utf8_lossy(&pdf)
            .matches("/Type /Page\n")
            .count()
    }
}

/// The browser does not outlive the test.
impl Drop for Browser {
    fn drop(&mut self) {
        let close = json!({ "id": 0, "method": "Browser.close" });
        let asked = write!(self.to, "{close}\0").and_then(|()| self.to.flush());
        if asked.is_err() {
            let _ = self.process.kill();
        }
        // It answers by closing the pipe.
        while self.from.recv_timeout(Duration::from_secs(5)).is_ok() {}
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
