//! Reads what the manifests say about a quest.

use super::quest::{QuestMeta, TestPackage, parse_package};
use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::path::Path;

/// What the manifest in a quest's folder says about the quest, and the packages that hold its tests.
pub fn read(folder: &Path, package: &str) -> anyhow::Result<(QuestMeta, Vec<TestPackage>)> {
    #[derive(Deserialize)]
    struct Manifest {
        package: Package,
    }
    #[derive(Deserialize)]
    struct Package {
        metadata: Metadata,
    }
    #[derive(Deserialize)]
    struct Metadata {
        quest: QuestMeta,
    }
    let manifest: Manifest = read_manifest(folder)?;
    let meta = manifest.package.metadata.quest;
    let mut packages =
        vec![TestPackage { name: package.to_owned(), folder: folder.to_owned(), quests: vec![package.to_owned()] }];
    for name in meta.steps.iter().flat_map(|step| &step.tests).filter_map(|test| test.package.as_ref()) {
        if packages.iter().all(|package| package.name != *name) {
            let folder = folder.join(name);
            packages.push(TestPackage { name: name.clone(), quests: quests_in(&folder)?, folder });
        }
    }
    Ok((meta, packages))
}

/// The quests that a test package depends on.
fn quests_in(folder: &Path) -> anyhow::Result<Vec<String>> {
    #[derive(Deserialize)]
    struct Manifest {
        #[serde(rename = "dev-dependencies")]
        dependencies: toml::Table,
    }
    let manifest: Manifest = read_manifest(folder)?;
    Ok(manifest.dependencies.keys().filter(|name| parse_package(name).is_some()).cloned().collect())
}

fn read_manifest<M: DeserializeOwned>(folder: &Path) -> anyhow::Result<M> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    toml::from_str(&text)
        .with_context(|| format!("{} does not describe its quest as the course expects", path.display()))
}
