//! The report in a real browser: Chromium, without a screen.
//!
//! Without Chromium these tests say that they are skipped. With `ORCHESTRATED_BROWSER=required` they fail then, and with
//! `ORCHESTRATED_SCREENSHOTS=FOLDER` they keep pictures of what they saw.

#[path = "report_in_browser/browser.rs"]
mod browser;
#[path = "report/runs.rs"]
mod runs;

use browser::Browser;
use orchestrated::{Report, RunTrace};
use serde_json::json;

/// Opens a report, does something with it, and sees that nothing went wrong meanwhile.
fn check(name: &str, runs: &[RunTrace], act: impl FnOnce(&mut Browser)) {
    let Some(mut browser) = Browser::start() else {
        eprintln!("skipped: there is no chromium");
        return;
    };
    browser.open(name, &Report::of_runs(runs).to_string());
    assert_eq!(browser.complaints(), [""; 0], "after loading");
    act(&mut browser);
    assert_eq!(browser.complaints(), [""; 0], "at the end");
}

/// The step whose details are shown.
fn details(browser: &mut Browser) -> String {
    browser.text("#details-title")
}

/// A name of a step has room beside what comes after it.
#[test]
fn nothing_in_the_table_lies_on_anything_else() {
    check("table", &runs::release(), |browser| {
        for width in [1300, 1000, 760] {
            browser.size(width, 1500);
            let overlaps = browser.eval(
                "[...document.querySelectorAll('#steps tbody tr')].filter((row) => {
                    const texts = [...row.cells].map((cell) => {
                        const range = document.createRange();
                        range.selectNodeContents(cell);
                        return range.getBoundingClientRect();
                    });
                    return texts.some((text, i) => i > 0 && text.left < texts[i - 1].right);
                }).length",
            );
            assert_eq!(overlaps, json!(0), "{width} pixels wide");
        }
    });
}

#[test]
fn a_click_on_a_step_shows_its_details() {
    check("release", &runs::release(), |browser| {
        assert_eq!(browser.text("h1"), "Release");
        assert_eq!(browser.text("#outcome"), "failed");
        browser.picture("failed");
        assert_eq!(details(browser), "Details");
        browser.click("#graph [data-step='0.10']");
        assert_eq!(details(browser), "visited");
        let text = browser.text("#details");
        for words in [
            "connection refused",
            "Attempts (3)",
            "the next attempt",
            "retry 3",
            "written",
        ] {
            assert!(text.contains(words), "{words} in {text}");
        }
        browser.eval("scrollTo(0, 420)");
        browser.picture("failed-details");
        browser.click("#timeline [data-step='0.6'] .track");
        assert_eq!(details(browser), "approved");
        assert!(browser.text("#details").contains("a person"));
        assert_eq!(browser.count("#graph .chosen"), 1);
        assert_eq!(browser.count("#timeline [aria-selected=true]"), 1);
        browser.click("#steps tr[data-step='0.8'] td");
        assert_eq!(details(browser), "remembered");
        assert!(browser.text("#details").contains("database is locked"));
        // What is chosen is in the address.
        browser.reload();
        assert_eq!(details(browser), "remembered");
        browser.click("#close");
        assert_eq!(details(browser), "Details");
    });
}

#[test]
fn what_failed_and_what_was_undone_comes_first() {
    check("wrong", &runs::release(), |browser| {
        let text = browser.text("#wrong");
        let place = |words: &str| {
            text.find(words)
                .unwrap_or_else(|| panic!("{words} in {text}"))
        };
        assert!(place("visited") < place("connection refused"));
        assert!(place("connection refused") < place("What was rolled back, in this order"));
        // In the order in which it happened.
        assert!(place("database is locked") < place("mail cannot be called back"));
        assert!(place("mail cannot be called back") < place("written"));
        assert!(text.contains("1 failure that the run went on without"));
        browser.click("#wrong [data-goto='0.10']");
        assert_eq!(details(browser), "visited");
    });
}

#[test]
fn the_keyboard_reaches_everything() {
    check("keys", &runs::release(), |browser| {
        browser.key("Tab");
        assert_eq!(browser.eval("document.activeElement.className"), "skip");
        browser.key("Enter");
        assert_eq!(browser.eval("document.activeElement.id"), "main");
        let tab_into = |browser: &mut Browser, section: &str| {
            for _ in 0..60 {
                browser.key("Tab");
                let inside = format!(
                    "Boolean(document.activeElement.closest('{section}')?.matches(':has(:focus)') && document.activeElement.matches('[role=treeitem], [data-step], tr[data-step] *'))"
                );
                if browser.eval(&inside) == true {
                    return;
                }
            }
            panic!("Tab does not lead into {section}");
        };
        tab_into(browser, "#graph");
        assert_eq!(
            browser.eval("getComputedStyle(document.activeElement).outlineStyle"),
            "solid",
            "the focus is seen"
        );
        browser.key("ArrowRight");
        browser.key("ArrowDown");
        browser.key("Enter");
        let first = details(browser);
        assert_ne!(first, "Details");
        let said = browser.text("#said");
        assert!(said.contains(&format!("Details of {first}")), "{said}");
        // A second time it leads to the details, and Escape leads back.
        browser.key("Enter");
        assert_eq!(browser.eval("document.activeElement.id"), "details-title");
        browser.key("Escape");
        assert_eq!(details(browser), "Details");
        assert_eq!(
            browser.eval("Boolean(document.activeElement.closest('#graph'))"),
            true
        );

        tab_into(browser, "#timeline");
        browser.key("End");
        browser.key("Enter");
        assert_eq!(details(browser), "summary");
        browser.key("Home");
        assert_eq!(browser.eval("document.activeElement.ariaExpanded"), "true");
        let rows = browser.count("#timeline [role=treeitem]");
        browser.key("ArrowLeft");
        assert_eq!(browser.eval("document.activeElement.ariaExpanded"), "false");
        browser.key("ArrowRight");
        assert_eq!(browser.count("#timeline [role=treeitem]"), rows);
        browser.key("+");
        assert_eq!(browser.eval("state.zoom > 1"), true);
        browser.key("-");

        tab_into(browser, "#steps");
        browser.key("ArrowDown");
        browser.key("Enter");
        assert_eq!(details(browser), "settings");
    });
}

#[test]
fn the_table_is_filtered_and_sorted() {
    check("table", &runs::release(), |browser| {
        let all = browser.count("#steps tbody tr");
        assert_eq!(all, 12 + 6);
        browser.click("#filter-filter");
        browser.insert("port 443");
        assert_eq!(browser.count("#steps tbody tr"), 1);
        assert_eq!(browser.text("#found"), "1 of 18 steps");
        assert_eq!(browser.text("#said"), "1 of 18 steps shown");
        browser.eval("document.querySelector('#filter-filter').select()");
        browser.insert("nothing is like this");
        assert!(
            browser
                .text("#steps tbody")
                .contains("No step is like that.")
        );
        browser.eval("document.querySelector('#filter-filter').select()");
        browser.insert("review");
        // Itself, all that runs inside it, and what reads its value.
        assert_eq!(browser.count("#steps tbody tr"), 1 + 6 + 1);
        browser.eval("const f = document.querySelector('#filter-filter'); f.value = ''; f.dispatchEvent(new Event('input'))");
        browser.eval("const s = document.querySelector('#filter-status'); s.value = 'excused'; s.dispatchEvent(new Event('change'))");
        assert_eq!(browser.count("#steps tbody tr"), 1);
        browser.eval("s.value = ''; s.dispatchEvent(new Event('change'))");
        browser.click("#steps th[data-column=took] button");
        assert_eq!(
            browser.eval("document.querySelector('#steps th[data-column=took]').ariaSort"),
            "descending"
        );
        assert!(browser.text("#steps tbody tr").contains("review"));
        browser.click("#steps th[data-column=took] button");
        browser.click("#steps th[data-column=took] button");
        assert_eq!(browser.count("#steps th[aria-sort]"), 0);
        assert!(browser.text("#steps tbody tr").contains("pages"));
    });
}

#[test]
fn a_run_inside_is_unfolded_and_can_be_opened() {
    check("inside", &runs::release(), |browser| {
        assert_eq!(browser.count("#timeline [data-step='1.2']"), 1);
        browser.click("#timeline [data-step='1.2'] .track");
        assert_eq!(details(browser), "review");
        assert!(browser.text("#details").contains("inside review"));
        assert_eq!(browser.count("#graph .holds"), 1);
        browser.click("#graph [data-step='0.4']");
        browser.click("#details [data-run='1']");
        assert_eq!(browser.text("h1"), "CodeReview");
        assert_eq!(browser.count("#graph [data-step]"), 6);
        browser.picture("inside");
        browser.click(".crumbs button");
        assert_eq!(browser.text("h1"), "Release");
    });
}

/// As in the chart of a terminal, and in the metrics.
#[test]
fn what_bounds_a_run_is_marked_once() {
    check("beside", &runs::beside(), |browser| {
        assert_eq!(browser.text("#timeline .slowest .name"), "build");
        let seen = "document.querySelector('#graph .tag').getBoundingClientRect().top >= document.querySelector('#graph .heads').getBoundingClientRect().bottom";
        assert_eq!(browser.eval(seen), true, "the head does not cover it");
        assert_eq!(browser.count("#timeline .slowest, #steps .tag"), 2);
        assert_eq!(browser.count("#timeline [data-step^='1.'].hot"), 0);
        browser.click("#timeline [data-step='1.2'] .track");
        assert_eq!(browser.count("#details .hot"), 0);
        browser.eval("showRun(1)");
        assert_eq!(browser.text("#timeline .slowest .name"), "review");
    });
}

#[test]
fn to_wait_for_its_turn_is_no_part_of_what_a_step_takes() {
    check("turns", &runs::beside(), |browser| {
        let row = browser.text("#steps tr[data-step='0.0']");
        assert!(row.contains("2.5 s"), "{row}");
        browser.click("#steps tr[data-step='0.1'] td");
        let stopped = browser.text("#details");
        assert!(!stopped.contains("succeeded"), "{stopped}");
        let skipped = browser.text("#steps tr[data-step='0.2']");
        assert!(!skipped.contains("0 s"), "it has not run: {skipped}");
        assert!(
            browser
                .text("#timeline [data-step='0.2']")
                .contains("skipped")
        );
        assert!(browser.text("#top .card:nth-child(2)").contains("3 steps"));
    });
}

#[test]
fn several_runs_begin_with_a_list() {
    let runs = [
        runs::review(1, 0),
        runs::release().remove(0),
        runs::review(3, 2_000),
    ];
    check("several", &runs, |browser| {
        assert_eq!(browser.count("#runs tbody tr"), 3);
        browser.picture("several");
        browser.click("#runs tbody tr:nth-child(2) button");
        assert_eq!(browser.text("h1"), "Release");
        assert_eq!(browser.text("#outcome"), "failed");
    });
}

/// Contrasts of at least 4.5 between every text and what it stands on (WCAG 2.1, 1.4.3).
const FAINT: &str = r#"(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return [...canvas.getImageData(0, 0, 1, 1).data]; };
  const over = (top, under) => { const a = top[3] / 255; return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a)).concat(255); };
  const behind = (element) => { if (!element) return [255, 255, 255, 255]; const own = rgba(getComputedStyle(element).backgroundColor); return own[3] === 255 ? own : over(own, behind(element.parentElement)); };
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((c) => { const s = c / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; }); return 0.2126 * x + 0.7152 * y + 0.0722 * z; };
  const faint = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(".unseen, .skip, script, noscript")) continue;
    const back = behind(element);
    const [a, b] = [light(over(rgba(getComputedStyle(element).color), back)), light(back)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.add(`${contrast.toFixed(2)} ${element.tagName}.${element.className}: ${walker.currentNode.data.trim().slice(0, 30)}`);
  }
  return [...faint];
})()"#;

#[test]
fn light_and_dark_can_both_be_read() {
    check("scheme", &runs::release(), |browser| {
        let back = "getComputedStyle(document.body).backgroundColor";
        browser.click("#graph [data-step='0.10']");
        assert_eq!(browser.eval(FAINT), json!([]), "light");
        let light = browser.eval(back);
        browser.scheme("dark");
        let dark = browser.eval(back);
        assert_ne!(light, dark, "the page follows the system");
        assert_eq!(browser.eval(FAINT), json!([]), "dark");
        browser.eval("scrollTo(0, 0)");
        browser.picture("dark");
        browser.click("#theme");
        assert_eq!(browser.eval(back), light, "until somebody says otherwise");
        browser.reload();
        assert_eq!(browser.eval(back), light, "and it is remembered");
    });
}

#[test]
fn names_and_errors_are_text() {
    check("hostile", &[runs::hostile()], |browser| {
        assert_ne!(browser.eval("document.title"), "owned");
        assert_eq!(browser.count("img, main b, main i"), 0);
        let text = browser.text("#wrong .message");
        assert!(text.contains("</script><script>"), "{text}");
        assert!(text.contains("⟨U+202E⟩gnp.exe⟨U+0007⟩"), "{text}");
        browser.click("#graph [data-step='0.1']");
        assert_eq!(details(browser), "\"><i>");
        browser.picture("hostile");
    });
}

#[test]
fn a_thousand_steps_are_grouped_and_can_be_reached() {
    check("large", &[runs::large(1_000, 50)], |browser| {
        browser.picture("thousand");
        // Each batch is one box, and what one looks for beside it.
        assert!(browser.count("#graph .node") < 250);
        assert!(browser.count("#graph .node.group") == 20);
        assert_eq!(browser.count("#steps tbody tr"), 1_000);
        browser.eval("document.querySelector('#timeline').scrollIntoView()");
        browser.picture("thousand-timeline");
        // A step that is in a group comes out when it is chosen.
        let hidden = "#graph [data-step='0.977'], #timeline [data-step='0.977']";
        assert_eq!(browser.count(hidden), 0);
        browser.click("#filter-filter");
        browser.insert("step_977");
        browser.click("#steps tbody tr[data-step='0.977'] td");
        assert_eq!(details(browser), "step_977");
        assert_eq!(browser.count(hidden), 2);
        let seen = "(() => { const box = document.querySelector('.graph').getBoundingClientRect(); const r = document.querySelector('#graph .chosen').getBoundingClientRect(); return r.left >= box.left && r.right <= box.right && r.top >= box.top && r.bottom <= box.bottom; })()";
        assert_eq!(browser.eval(seen), true, "it is scrolled to");
        browser.click("#graph [aria-label=Groups] button");
        assert_eq!(browser.count("#graph [data-step]"), 1_000);
        assert_eq!(browser.count("#timeline [data-step]"), 1_000);
        browser.click("#timeline [data-step='0.977'] .track");
        assert!(browser.text("#details").contains("succeeded"));
        assert!(!browser.text("#details").contains("as above"));
        browser.eval("document.querySelector('#graph').scrollIntoView()");
        browser.picture("thousand-open");
    });
}

#[test]
fn a_narrow_window_and_paper_hold_it() {
    check("narrow", &runs::release(), |browser| {
        assert!(browser.pages() >= 2);
        browser.size(390, 844);
        assert_eq!(
            browser.eval("document.documentElement.scrollWidth <= innerWidth"),
            true,
            "nothing stands out of the page"
        );
        browser.picture("narrow");
        browser.click("#graph [data-step='0.0']");
        assert_eq!(details(browser), "pages");
        browser.picture("narrow-details");
        browser.size(1_300, 900);
        assert_eq!(
            browser.eval("document.querySelector('#steps tbody th').clientWidth > 200"),
            true,
            "there is room for names"
        );
    });
}

#[test]
fn an_ordinary_run() {
    let run = runs::review(5, 0);
    check("review", std::slice::from_ref(&run), |browser| {
        browser.picture("light");
        assert_eq!(
            browser.eval("document.querySelector('#wrong').hidden"),
            true
        );
        assert_eq!(browser.text("#top .card:nth-child(3) strong"), "1.07×");
        assert!(browser.text("#top .card:nth-child(5)").contains("review"));
        assert_eq!(browser.count("#graph .edge.hot"), 3);
        // No box lies on another.
        let overlaps = "(() => { const boxes = [...document.querySelectorAll('#graph .node')].map((n) => n.getBoundingClientRect()); return boxes.some((a, i) => boxes.some((b, j) => i < j && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)); })()";
        assert_eq!(browser.eval(overlaps), false);
    });
}
