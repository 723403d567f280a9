//! GitHub Classroom: `gh classroom clone student-repos` puts `assignment-username` into `assignment-submissions`:
//! <https://github.com/github/gh-classroom/blob/main/cmd/gh-classroom/clone/student-repos/student-repos.go>.

use std::path::Path;

/// The learner's name on GitHub, if the clone `name` in `folder` has the name that Classroom gives it.
pub fn username<'a>(folder: &Path, name: &'a str) -> Option<&'a str> {
    let folder = folder.file_name()?.to_str()?;
    let user = name.strip_prefix(folder.strip_suffix("-submissions")?)?.strip_prefix('-')?;
    (!user.is_empty()).then_some(user)
}

/// Whether Classroom chose the names of a folder and of all folders in it.
pub fn is_class<'a>(folder: &Path, folders: impl IntoIterator<Item = &'a str>) -> bool {
    let mut folders = folders.into_iter().peekable();
    folders.peek().is_some() && folders.all(|name| username(folder, name).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_is_named_after_the_assignment_and_its_user() {
        let folder = Path::new("course/loops-submissions");
        assert_eq!(username(folder, "loops-ada-lovelace"), Some("ada-lovelace"));
        for name in ["loops-", "loops", "other-ada", "loopsada"] {
            assert_eq!(username(folder, name), None, "{name}");
        }
        assert_eq!(username(Path::new("course/loops"), "loops-ada"), None);
        assert!(is_class(folder, ["loops-ada", "loops-ben"]));
        assert!(!is_class(folder, ["loops-ada", "target"]));
        assert!(!is_class(folder, []));
    }
}
