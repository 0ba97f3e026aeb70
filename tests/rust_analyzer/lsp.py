"""A client for rust-analyzer: as much of the protocol as `check.py` needs."""

import json
import pathlib
import queue
import re
import subprocess
import threading
import time


class Failed(Exception):
    """The server answered with an error, or not in time."""


class Server:
    """rust-analyzer on one package, and what it says."""

    def __init__(self, command, root, settings, seconds):
        self.root = pathlib.Path(root).resolve()
        self.seconds = seconds
        self.settings = settings
        self.process = subprocess.Popen(
            command, cwd=self.root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.incoming = queue.Queue()
        self.count = 0
        self.status = None
        # A server that has gone says so with a last `None`.
        threading.Thread(target=self._read, daemon=True).start()

    def start(self):
        """Opens the package, and waits until it is loaded: the health of the workspace, and what is said about it."""
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": self.root.as_uri(),
                "workspaceFolders": [{"uri": self.root.as_uri(), "name": self.root.name}],
                "initializationOptions": self.settings,
                "capabilities": {
                    "general": {"positionEncodings": ["utf-16"]},
                    "workspace": {"configuration": True, "workspaceEdit": {"documentChanges": True}},
                    "textDocument": {
                        "hover": {"contentFormat": ["markdown"]},
                        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
                        "completion": {"completionItem": {"snippetSupport": False}},
                        "diagnostic": {},
                    },
                    "experimental": {"serverStatusNotification": True},
                },
            },
        )
        self.notify("initialized", {})
        deadline = time.monotonic() + self.seconds
        while not (self.status or {}).get("quiescent"):
            self._take(deadline, "the package was not loaded")
        return self.status.get("health"), self.status.get("message") or ""

    def stop(self):
        """Lets the server go."""
        try:
            self.request("shutdown", None)
            self.notify("exit", None)
            self.process.wait(timeout=10)
        except (Failed, subprocess.TimeoutExpired, OSError):
            self.process.kill()

    def request(self, method, params):
        """The result of a request. One that was overtaken by a change is asked again."""
        deadline = time.monotonic() + self.seconds
        while True:
            self.count += 1
            number = self.count
            self._send({"id": number, "method": method, "params": params})
            while True:
                message = self._take(deadline, f"no answer to {method}")
                if message.get("id") == number and "method" not in message:
                    break
            error = message.get("error")
            if error is None:
                return message.get("result")
            # "content modified", "server cancelled".
            if error.get("code") not in (-32801, -32802):
                raise Failed(error.get("message"))

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _take(self, deadline, otherwise):
        """The next message; what the server asks of us is answered on the way."""
        try:
            message = self.incoming.get(timeout=max(0.1, deadline - time.monotonic()))
        except queue.Empty:
            raise Failed(otherwise) from None
        if message is None:
            raise Failed("rust-analyzer has ended")
        method = message.get("method")
        if method == "experimental/serverStatus":
            self.status = message["params"]
        if method is not None and "id" in message:
            items = message.get("params", {}).get("items", []) if method == "workspace/configuration" else None
            self._send({"id": message["id"], "result": items and [self.settings for _ in items]})
        return message

    def _read(self):
        output = self.process.stdout
        while True:
            length = None
            while (line := output.readline().strip()) or length is None:
                if not line:
                    self.incoming.put(None)
                    return
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            self.incoming.put(json.loads(output.read(length)))


class Document:
    """A file as the editor has it, and questions about places in it.

    A place is a piece of the text that stands there once, with a `^` where the cursor is.
    """

    def __init__(self, server, path):
        self.server = server
        self.uri = (server.root / path).as_uri()
        self.saved = self.text = (server.root / path).read_text()
        self.version = 1
        server.notify(
            "textDocument/didOpen",
            {"textDocument": {"uri": self.uri, "languageId": "rust", "version": 1, "text": self.text}},
        )

    def edit(self, changes):
        """The file as it was, with these pieces of text replaced."""
        text = self.saved
        for old, new in changes:
            if text.count(old) != 1:
                raise Failed(f"{text.count(old)} times in the sample: {old!r}")
            text = text.replace(old, new)
        if text == self.text:
            return
        self.text = text
        self.version += 1
        self.server.notify(
            "textDocument/didChange",
            {"textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": [{"text": text}]},
        )

    def offset(self, place):
        """Where the cursor of a place is."""
        before, _, after = place.partition("^")
        found = self.text.count(before + after)
        if found != 1:
            raise Failed(f"{found} times in the sample: {place!r}")
        return self.text.index(before + after) + len(before)

    def at(self, place):
        """The parameters of a request about a place."""
        offset = self.offset(place)
        before = self.text[:offset]
        line, start = before.count("\n"), before.rfind("\n") + 1
        return {
            "textDocument": {"uri": self.uri},
            "position": {"line": line, "character": utf16(before[start:])},
        }

    def completions(self, place):
        """What is proposed there, by its label."""
        answer = self.server.request("textDocument/completion", {**self.at(place), "context": {"triggerKind": 1}})
        items = answer["items"] if isinstance(answer, dict) else answer or []
        return [item["label"] for item in items]

    def hover(self, place):
        """What is shown there."""
        answer = self.server.request("textDocument/hover", self.at(place))
        return answer["contents"]["value"] if answer else ""

    def definitions(self, place):
        """The places to which one can go from there, each as its line of text with the cursor before the name."""
        return self._places(self.server.request("textDocument/definition", self.at(place)))

    def references(self, place):
        """All uses of what stands there."""
        params = {**self.at(place), "context": {"includeDeclaration": True}}
        return self._places(self.server.request("textDocument/references", params))

    def renamed(self, place, name):
        """The text once that is called otherwise, as far as this file goes."""
        answer = self.server.request("textDocument/rename", {**self.at(place), "newName": name})
        edits = []
        for change in answer.get("documentChanges") or []:
            if change.get("textDocument", {}).get("uri") == self.uri:
                edits += change["edits"]
        edits += (answer.get("changes") or {}).get(self.uri, [])
        lines = self.text.split("\n")
        for edit in sorted(edits, key=lambda edit: tuple(edit["range"]["start"].values()), reverse=True):
            start, end = edit["range"]["start"], edit["range"]["end"]
            line = lines[start["line"]]
            lines[start["line"]] = line[: start["character"]] + edit["newText"] + line[end["character"] :]
        return "\n".join(lines)

    def symbols(self):
        """The outline of the file: names, with those they stand in."""

        def walk(symbols, path):
            for symbol in symbols:
                name = "/".join([*path, symbol["name"]])
                yield name
                yield from walk(symbol.get("children") or [], [*path, symbol["name"]])

        params = {"textDocument": {"uri": self.uri}}
        return list(walk(self.server.request("textDocument/documentSymbol", params) or [], []))

    def problems(self):
        """What rust-analyzer itself finds wrong in the file."""
        answer = self.server.request("textDocument/diagnostic", {"textDocument": {"uri": self.uri}})
        return [item["message"] for item in answer.get("items", [])]

    def _places(self, locations):
        found = set()
        for location in locations or []:
            uri = location.get("targetUri") or location["uri"]
            start = (location.get("targetSelectionRange") or location["range"])["start"]
            if uri == self.uri:
                text = self.text
            else:
                text = pathlib.Path(re.sub("^file://", "", uri)).read_text()
            line = text.split("\n")[start["line"]]
            found.add((line[: start["character"]] + "^" + line[start["character"] :]).strip())
        return found


def utf16(text):
    """How long a text is for the protocol."""
    return len(text.encode("utf-16-le")) // 2
