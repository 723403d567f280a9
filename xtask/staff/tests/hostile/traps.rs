//! What no submission may touch, reach or leave behind, and how to see that one did.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::{TcpListener, UdpSocket};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tempfile::TempDir;

/// The traps of one run.
pub struct Traps {
    /// A word unique to this run, in the names of everything that the submissions try to leave behind.
    pub mark: String,
    /// The value of a variable of the grader's environment.
    pub secret: String,
    canary: TempDir,
    tcp: TcpListener,
    udp: UdpSocket,
    before: Contents,
}

/// The grader's environment variable that contains the secret.
pub const SECRET_NAME: &str = "HOSTILE_SECRET";

/// The root of the course.
pub fn course_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Where builds and tests of the grader keep their temporary files.
fn grader_temporary() -> PathBuf {
    course_root().join("target").join("grade").join("tmp")
}

impl Traps {
    pub fn set() -> Self {
        // As if a grader with more builders had been killed while it was linking.
        let left = grader_temporary().join("build-99");
        fs::create_dir_all(&left).unwrap();
        fs::write(left.join("left-by-a-killed-grader.o"), "").unwrap();
        let canary = TempDir::new().unwrap();
        fs::write(canary.path().join("canary"), "alive").unwrap();
        fs::create_dir(canary.path().join("nest")).unwrap();
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        tcp.set_nonblocking(true).unwrap();
        let udp = UdpSocket::bind(tcp.local_addr().unwrap()).unwrap();
        udp.set_nonblocking(true).unwrap();
        let before = contents(canary.path());
        Self { mark: format!("hostile-{}", random()), secret: format!("secret-{}", random()), canary, tcp, udp, before }
    }

    pub fn canary(&self) -> &Path {
        self.canary.path()
    }

    /// The placeholders in a submission for what is different in each run.
    pub fn placeholders(&self) -> Vec<(&'static str, String)> {
        vec![
            ("COURSE", course_root().display().to_string()),
            ("CANARY", self.canary().display().to_string()),
            ("PORT", self.tcp.local_addr().unwrap().port().to_string()),
            ("SECRET", SECRET_NAME.to_owned()),
            ("MARK", self.mark.clone()),
        ]
    }

    /// What was touched, reached or left behind.
    pub fn sprung(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let after = contents(self.canary());
        if after != self.before {
            complaints.push(format!("the canary was touched: {:?} became {after:?}", self.before));
        }
        if let Ok((_, from)) = self.tcp.accept() {
            complaints.push(format!("a connection came from {from}"));
        }
        if let Ok((_, from)) = self.udp.recv_from(&mut [0; 16]) {
            complaints.push(format!("a datagram came from {from}"));
        }
        complaints.extend(self.left_files().into_iter().map(|path| format!("{} was left behind", path.display())));
        complaints
            .extend(processes_left(&self.secret).into_iter().map(|process| format!("a process is left: {process}")));
        complaints
    }

    fn left_files(&self) -> Vec<PathBuf> {
        let course = course_root();
        let mut left = Vec::new();
        let with_mark =
            [std::env::temp_dir(), "/dev/shm".into(), "/var/tmp".into(), course.clone(), course.join("grades")];
        for folder in with_mark {
            left.extend(entries(&folder).filter(|path| path.to_string_lossy().contains(&self.mark)));
        }
        left.extend(entries(&grader_temporary()));
        left
    }
}

/// By path: what is in it, when it was last changed, and whether it may be written.
type Contents = BTreeMap<PathBuf, (Vec<u8>, Option<SystemTime>, bool)>;

fn contents(folder: &Path) -> Contents {
    let mut found = Contents::new();
    let mut left = vec![folder.to_owned()];
    while let Some(path) = left.pop() {
        let metadata = fs::symlink_metadata(&path).unwrap();
        if metadata.is_dir() {
            left.extend(entries(&path));
        }
        let content = fs::read(&path).unwrap_or_default();
        found.insert(path, (content, metadata.modified().ok(), metadata.permissions().readonly()));
    }
    found
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path())
}

/// Processes that run a program of the grader's folder, were started with one, or have the secret. Graders of other copies of the
/// course may be running at the same time.
fn processes_left(secret: &str) -> Vec<String> {
    let folder = course_root().join("target").join("grade").display().to_string();
    let own = std::process::id().to_string();
    let mut left = Vec::new();
    for process in entries(Path::new("/proc")).filter(|path| !path.ends_with(&own)) {
        let program = fs::read_link(process.join("exe")).unwrap_or_default().display().to_string();
        let words = fs::read(process.join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        let environment = fs::read(process.join("environ")).unwrap_or_default();
        if [&program, &words].iter().any(|text| text.contains(&folder))
            || String::from_utf8_lossy(&environment).contains(secret)
        {
            left.push(format!("{} {words}", process.display()));
        }
    }
    left
}

fn random() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}
