//! A headless browser, controlled through its `DevTools` protocol.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Serialize;
use serde_json::{Value, json};
use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tungstenite::{Message, WebSocket};

/// A running browser with one page. It ends with this value.
pub struct Chrome {
    process: Child,
    socket: WebSocket<TcpStream>,
    session: String,
    calls: u64,
    /// What the page asked for and complained about.
    events: Vec<Value>,
    // Removed after the process has ended.
    _profile: TempDir,
}

/// What a page did on its own.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Behaviour {
    /// The addresses that it requested.
    pub requests: Vec<String>,
    /// Errors, warnings, and everything else on its console.
    pub complaints: Vec<String>,
    /// It opened a dialogue, as `alert` does.
    pub dialogs: Vec<String>,
}

/// If there is no answer within this time, the browser has failed, on any machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// The browser on this machine: the variable `CHROME`, or a known name in `PATH`.
pub fn find() -> Option<PathBuf> {
    let named = env::var_os("CHROME").filter(|path| !path.is_empty()).map(PathBuf::from);
    let folders: Vec<PathBuf> = env::var_os("PATH").iter().flat_map(env::split_paths).collect();
    let programs = ["chromium", "chromium-browser", "google-chrome"];
    let known = programs.iter().flat_map(|program| folders.iter().map(move |folder| folder.join(program)));
    named.or_else(|| known.map(|path| path.with_extension(env::consts::EXE_EXTENSION)).find(|path| path.is_file()))
}

impl Chrome {
    pub fn start(program: &Path) -> Self {
        let profile = TempDir::new().unwrap();
        let mut process = Command::new(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--remote-debugging-port=0", "about:blank"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("could not start {}: {error}", program.display()));
        let mut errors = BufReader::new(process.stderr.take().expect("it is a pipe"));
        let address = address(&mut errors);
        // A process that writes to a full pipe waits for its reader.
        std::thread::spawn(move || std::io::copy(&mut errors, &mut std::io::sink()));
        let host = address.trim_start_matches("ws://").split('/').next().expect("an address has a host");
        let stream = TcpStream::connect(host).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let (socket, _) = tungstenite::client(&address, stream).unwrap();
        let mut chrome = Self { process, socket, session: String::new(), calls: 0, events: vec![], _profile: profile };
        chrome.attach();
        chrome
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", json!({ "url": "about:blank" }))["targetId"].clone();
        let answer = self.call("Target.attachToTarget", json!({ "targetId": target, "flatten": true }));
        answer["sessionId"].as_str().expect("a session").clone_into(&mut self.session);
        for domain in ["Page", "Runtime", "Log", "Network"] {
            self.call(&format!("{domain}.enable"), json!({}));
        }
        let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": 0, "uploadThroughput": 0 });
        self.call("Network.emulateNetworkConditions", offline);
    }

    /// Opens a file, and waits until it is loaded.
    pub fn open(&mut self, file: &Path) {
        self.events.clear();
        let path = file.to_str().expect("a path of this test").replace('\\', "/");
        let address = format!("file:///{}", path.trim_start_matches('/'));
        let answer = self.call("Page.navigate", json!({ "url": address }));
        assert_eq!(answer["errorText"], Value::Null, "{address}");
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            let message = self.receive();
            self.events.push(message);
        }
    }

    /// The value of an expression in the page.
    pub fn value(&mut self, expression: &str) -> Value {
        let answer = self.call("Runtime.evaluate", json!({ "expression": expression, "returnByValue": true }));
        assert_eq!(answer["exceptionDetails"], Value::Null, "{expression}");
        answer["result"]["value"].clone()
    }

    /// Presses a key as a person does: `Tab`, `Enter`, `Home`, `End`, `ArrowLeft`, `ArrowRight`, or a letter.
    pub fn press(&mut self, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, ""),
            "Enter" => (13, "\r"),
            "End" => (35, ""),
            "Home" => (36, ""),
            "ArrowLeft" => (37, ""),
            "ArrowRight" => (39, ""),
            letter => (0, letter),
        };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code, "text": text });
            self.call("Input.dispatchKeyEvent", event);
        }
    }

    /// Makes the window `width` wide, and prefers `scheme`: `light` or `dark`.
    pub fn look(&mut self, width: u32, scheme: &str) {
        let metrics = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// The whole page as it looks, as a PNG in base64.
    fn picture(&mut self) -> String {
        let answer = self.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
        answer["data"].as_str().expect("a picture").to_owned()
    }

    /// Keeps how the page looks in a file.
    pub fn keep_picture(&mut self, file: &Path) {
        fs::write(file, BASE64_STANDARD.decode(self.picture()).unwrap()).unwrap();
    }

    /// What the page did since it was opened.
    pub fn behaviour(&mut self) -> Behaviour {
        // Everything that was sent before the answer arrives before it.
        self.value("0");
        let mut behaviour = Behaviour::default();
        for event in &self.events {
            let parameters = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Network.requestWillBeSent" => behaviour.requests.push(parameters["request"]["url"].to_string()),
                "Runtime.consoleAPICalled" | "Runtime.exceptionThrown" | "Log.entryAdded" => {
                    behaviour.complaints.push(parameters.to_string());
                }
                "Page.javascriptDialogOpening" => behaviour.dialogs.push(parameters.to_string()),
                _ => {}
            }
        }
        behaviour
    }

    fn call(&mut self, method: &str, parameters: impl Serialize) -> Value {
        self.calls += 1;
        let mut call = json!({ "id": self.calls, "method": method, "params": parameters });
        if !self.session.is_empty() {
            call["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(call.to_string())).unwrap();
        loop {
            let mut message = self.receive();
            if message["id"] == self.calls {
                assert_eq!(message["error"], Value::Null, "{method}");
                return message["result"].take();
            }
            self.events.push(message);
        }
    }

    fn receive(&mut self) -> Value {
        loop {
            if let Message::Text(text) = self.socket.read().expect("the browser answers") {
                return serde_json::from_str(&text).unwrap();
            }
        }
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        // Its helpers end with it, and release the profile.
        self.session.clear();
        self.calls += 1;
        let close = json!({ "id": self.calls, "method": "Browser.close" });
        if self.socket.send(Message::text(close.to_string())).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Where the browser listens: it says so itself.
fn address(errors: &mut impl BufRead) -> String {
    let mut said = String::new();
    loop {
        let start = said.len();
        let length = errors.read_line(&mut said).unwrap();
        assert!(length > 0, "the browser ended:\n{said}");
        if let Some(address) = said[start..].strip_prefix("DevTools listening on ") {
            return address.trim().to_owned();
        }
    }
}
