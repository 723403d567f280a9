//! The frame of every page.

use super::text::PlainText;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

/// A page. `top` comes before the content and contains the first heading; `script` runs when the page has loaded.
pub fn page(title: &str, top: &Markup, main: &Markup, script: Option<&str>) -> String {
    let style = with_unix_lines(include_str!("style.css"));
    let script = script.map(with_unix_lines);
    let whole = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(&style, script.as_deref()));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (PlainText(title)) }
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                header { (top) }
                main #content tabindex="-1" { (main) }
                @if let Some(script) = &script {
                    script { (PreEscaped(script)) }
                }
            }
        }
    };
    whole.into_string()
}

/// A policy that allows only this page's own style and script, identified by their hashes.
fn policy(style: &str, script: Option<&str>) -> String {
    let script = script.map_or("'none'".to_owned(), source);
    format!("default-src 'none'; style-src {}; script-src {script}; base-uri 'none'; form-action 'none'", source(style))
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// Browsers normalize line breaks to this one before they compute hashes.
fn with_unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_allows_the_pages_script_by_its_hash() {
        // By hand: `printf 'x()' | openssl dgst -sha256 -binary | base64`
        let page = page("t", &html! {}, &html! {}, Some("x()"));
        assert!(page.contains("<script>x()</script>"), "{page}");
        assert!(page.contains("script-src 'sha256-D6IGS8VMvCoyaR/l0h9tERrBTATY01CoPS7l6xDv0kI='"), "{page}");
    }

    #[test]
    fn without_a_script_none_may_run() {
        assert!(page("t", &html! {}, &html! {}, None).contains("script-src 'none';"));
    }

    #[test]
    fn the_line_breaks_of_a_checkout_do_not_matter() {
        assert_eq!(page("t", &html! {}, &html! {}, Some("a\r\nb")), page("t", &html! {}, &html! {}, Some("a\nb")));
    }
}
