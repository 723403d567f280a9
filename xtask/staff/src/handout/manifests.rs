//! Removes from the manifests what the handout does not contain. Everything else stays, including comments.

use anyhow::Context as _;
use toml_edit::{DocumentMut, Item, value};

/// The workspace's, without the staff crate.
pub fn of_workspace(text: &str) -> anyhow::Result<String> {
    let mut manifest: DocumentMut = text.parse()?;
    let members = manifest["workspace"]["members"].as_array_mut().context("it has no members")?;
    let before = members.len();
    members.retain(|member| member.as_str() != Some("xtask/staff"));
    anyhow::ensure!(members.len() + 1 == before, "`xtask/staff` must be one of the members");
    Ok(manifest.to_string())
}

/// A crate's, without its benchmarks.
pub fn without_benches(text: &str) -> anyhow::Result<String> {
    let mut manifest: DocumentMut = text.parse()?;
    manifest.remove("bench").context("it has no benchmark")?;
    Ok(manifest.to_string())
}

/// That of the solutions, without their dependencies.
pub fn of_solutions(text: &str) -> anyhow::Result<String> {
    let mut manifest: DocumentMut = text.parse()?;
    for kind in ["dependencies", "dev-dependencies", "target"] {
        manifest.remove(kind);
    }
    let description = manifest.get_mut("package").and_then(|package| package.get_mut("description"));
    *description.context("its package has no description")? =
        value("A placeholder: this copy of the course contains no solutions.");
    let features = manifest.get("features").and_then(Item::as_table_like);
    anyhow::ensure!(
        features.is_some_and(|features| features.contains_key("reference")),
        "it has no feature `reference`"
    );
    Ok(manifest.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stays_is_untouched() {
        let text = "# First.\n[workspace]\nmembers = [\"a\", \"xtask/staff\"] # These.\n\n# Last.\n[profile.dev]\n";
        assert_eq!(of_workspace(text).unwrap(), text.replace(", \"xtask/staff\"", ""));
        let text = "[package]\nname = \"xtask\" # A name.\n\n[[bench]]\nname = \"b\"\n\n[lints]\nworkspace = true\n";
        assert_eq!(without_benches(text).unwrap(), text.replace("[[bench]]\nname = \"b\"\n\n", ""));
    }

    #[test]
    fn the_solutions_have_neither_dependencies_nor_a_description_of_them() {
        let text = "[package]\nname = \"solutions\"\ndescription = \"All.\"\n\n# Why.\n[features]\nreference = []\n\n\
                    [dependencies]\ntokio = \"1\"\n\n[lints]\nworkspace = true\n";
        let words = "A placeholder: this copy of the course contains no solutions.";
        let without = text.replace("All.", words).replace("[dependencies]\ntokio = \"1\"\n\n", "");
        assert_eq!(of_solutions(text).unwrap(), without);
    }

    #[test]
    fn a_manifest_that_has_changed_its_form_is_an_error() {
        assert!(of_workspace("[workspace]\nmembers = [\"a\"]\n").is_err());
        assert!(without_benches("[package]\nname = \"xtask\"\n").is_err());
        assert!(of_solutions("[package]\nname = \"solutions\"\ndescription = \"\"\n").is_err());
    }
}
