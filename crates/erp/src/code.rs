//! Codes that nobody was asked for: made of a name.

use kernel::{Code, Result};

/// `ward 3 / west` → `WARD_3_WEST`; a name without a letter of the alphabet gives `fallback`.
fn derived(name: &str, fallback: &str, most: usize) -> String {
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let code: String = words.collect::<Vec<_>>().join("_").to_ascii_uppercase().chars().take(most).collect();
    let code = code.trim_end_matches('_');
    if code.is_empty() { fallback.to_owned() } else { code.to_owned() }
}

/// The first of `CODE`, `CODE_2`, `CODE_3` … that is not taken.
fn free(base: &str, taken: &[String]) -> String {
    let mut candidates = std::iter::once(base.to_owned()).chain((2_u32..).map(|n| format!("{base}_{n}")));
    candidates.find(|code| !taken.contains(code)).unwrap_or_default()
}

/// Makes a row under a code of its own: `taken` lists the codes that begin alike, `make` makes the row. Whom another one of the same code
/// overtakes takes the next.
pub async fn code_of<T>(
    name: &str,
    fallback: &str,
    most: usize,
    taken: impl AsyncFn(&str) -> Result<Vec<String>>,
    make: impl AsyncFn(String) -> Result<T>,
) -> Result<T> {
    // room for `_99999`
    let base = derived(name, fallback, most - 6);
    let mut attempts = 0;
    loop {
        let made = make(free(&base, &taken(&base).await?)).await;
        attempts += 1;
        match made {
            Err(error)
                if attempts < 20
                    && error.code() == Code::Conflict
                    && error.detail(kernel::Lang::En).get("field").is_some_and(|field| field == "code") => {}
            made => return made,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{derived, free};

    #[test]
    fn a_code_is_made_of_a_name() {
        assert_eq!(derived("ward 3 / west", "ROLE", 14), "WARD_3_WEST");
        assert_eq!(derived("admin", "ROLE", 44), "ADMIN");
        assert_eq!(derived("원무과", "ROLE", 44), "ROLE");
        assert_eq!(derived("영업 team-B", "ROLE", 44), "TEAM_B");
        assert_eq!(derived("abcdefghijklm nop", "ROLE", 14), "ABCDEFGHIJKLM");
    }

    #[test]
    fn a_code_that_is_taken_gets_a_number() {
        assert_eq!(free("ADMIN", &[]), "ADMIN");
        assert_eq!(free("ADMIN", &["ADMIN".to_owned(), "ADMIN_3".to_owned()]), "ADMIN_2");
    }
}
