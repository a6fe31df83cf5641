//! The catalogue of rules: what a request can be refused for with 409, each with a stable name and its text in both languages.
//!
//! A crate declares all of its rules in one file, `src/rules.rs`, with the macro `rules!`; a call site says `rules::MERGED.error()`.
//! Clients rely on the name, so a name never changes; a text may.

use crate::Error;
use std::fmt::Display;

/// A rule that can forbid a request (409).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable: `crm.merged`.
    pub name: &'static str,
    /// What is wrong, and what would be right, in Korean. `{count}` is a placeholder: see [`Rule::filled`].
    pub ko: &'static str,
    /// The same in English, with the same placeholders.
    pub en: &'static str,
}

impl Rule {
    /// The refusal by a rule whose texts have no placeholders.
    #[must_use]
    pub fn error(&self) -> Error {
        self.filled(&[])
    }

    /// The refusal, with each `{name}` in both texts replaced by the value of that name.
    ///
    /// A placeholder without a value is a mistake in the program: it panics in a debug build, and remains visible in the text otherwise.
    #[must_use]
    pub fn filled(&self, values: &[(&str, &dyn Display)]) -> Error {
        Error::rule(self.name, fill(self.ko, values), fill(self.en, values))
    }
}

/// Replaces the placeholders of a text in one pass: braces in a value are not looked at.
fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut parts = text.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, after) = part.split_once('}').unwrap_or((part, ""));
        let value = values.iter().find(|(known, _)| *known == name);
        debug_assert!(value.is_some(), "no value for {{{name}}} in {text:?}");
        match value {
            Some((_, value)) => filled.push_str(&value.to_string()),
            None => filled.push_str(&["{", name, "}"].concat()),
        }
        filled.push_str(after);
    }
    filled
}

/// Declares the rules of a crate: a constant for each, and `RULES` with all of them.
///
/// ```
/// kernel::rules! {
///     /// A customer that was merged into another one is changed or referred to.
///     pub(crate) MERGED = "crm.merged", "합쳐진 고객입니다.", "This customer was merged into another one.";
///     /// A department that still has people in it is closed.
///     pub(crate) IN_USE = "adm.in_use", "구성원이 {people}명 있습니다.", "There are still members: {people}.";
/// }
/// assert_eq!(RULES.len(), 2);
/// # let _ = (MERGED.error(), IN_USE.filled(&[("people", &3)]));
/// ```
#[macro_export]
macro_rules! rules {
    ($($(#[$doc:meta])* $vis:vis $name:ident = $stable:literal, $ko:literal, $en:literal;)+) => {
        $($(#[$doc])* $vis const $name: $crate::Rule = $crate::Rule { name: $stable, ko: $ko, en: $en };)+

        /// All rules of this crate.
        pub const RULES: &[$crate::Rule] = &[$($name),+];
    };
}

rules! {
    /// A row action is called that the state of the row does not allow.
    pub(crate) TRANSITION = "transition",
        "현재 상태({from})에서는 할 수 없는 작업입니다. 바꿀 수 있는 상태: {allowed}",
        "This is not possible in the state {from}. States it can change to: {allowed}.";
}

/// [`TRANSITION`] where there is no state to go to: the same rule, without a list.
pub(crate) const FINAL_STATE: Rule =
    Rule {
        name: TRANSITION.name, ko: "현재 상태({from})에서는 할 수 없는 작업입니다.", en: "This is not possible in the state {from}."
    };

#[cfg(test)]
mod tests {
    use super::{RULES, Rule, TRANSITION};
    use crate::{Code, Error, Lang};

    const MANY: Rule = Rule { name: "x.many", ko: "{place}에 {count}건이 있습니다.", en: "There are {count} of {count} in {place}" };

    #[test]
    fn filling_leaves_no_placeholder() {
        let error = MANY.filled(&[("count", &3), ("place", &"{count}")]);
        assert_eq!((error.code(), error.rule_name()), (Code::Conflict, Some("x.many")));
        assert_eq!(error.message(Lang::Ko), "{count}에 3건이 있습니다.", "what a caller sends is not filled in again");
        assert_eq!(error.message(Lang::En), "There are 3 of 3 in {count}");
    }

    #[test]
    fn a_text_without_placeholders_is_said_as_it_is() {
        let rule = Rule { name: "x.plain", ko: "안 됩니다.", en: "No." };
        assert_eq!((rule.error().message(Lang::Ko), rule.error().message(Lang::En)), ("안 됩니다.", "No."));
    }

    #[test]
    #[cfg(debug_assertions)]
    #[should_panic(expected = "no value for {place}")]
    fn a_missing_value_is_noticed() {
        let _ = MANY.filled(&[("count", &3)]);
    }

    #[test]
    fn a_transition_is_in_the_catalogue() {
        assert!(RULES.contains(&TRANSITION));
        assert_eq!(Error::transition("CANCELLED", &[]).message(Lang::En), "This is not possible in the state CANCELLED.");
        let error = Error::transition("DRAFT", &["POSTED"]);
        assert_eq!(
            (error.rule_name(), error.message(Lang::En)),
            (Some("transition"), "This is not possible in the state DRAFT. States it can change to: POSTED.")
        );
    }
}
