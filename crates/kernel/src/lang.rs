use std::borrow::Cow;

/// The language of messages to people: Korean unless the caller prefers English.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    Ko,
    En,
}

impl Lang {
    /// Reads an `Accept-Language` header: the first of Korean and English in it wins.
    #[must_use]
    pub fn from_header(value: &str) -> Self {
        value
            .split(',')
            .find_map(|part| match part.trim_start().get(..2).map(str::to_ascii_lowercase).as_deref() {
                Some("ko") => Some(Self::Ko),
                Some("en") => Some(Self::En),
                _ => None,
            })
            .unwrap_or_default()
    }
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub ko: Cow<'static, str>,
    pub en: Cow<'static, str>,
}

impl Message {
    pub fn new(ko: impl Into<Cow<'static, str>>, en: impl Into<Cow<'static, str>>) -> Self {
        Self { ko: ko.into(), en: en.into() }
    }

    #[must_use]
    pub fn text(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ko => &self.ko,
            Lang::En => &self.en,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    #[test]
    fn the_first_known_language_wins_and_korean_is_the_default() {
        assert_eq!(Lang::from_header("en-US,ko;q=0.5"), Lang::En);
        assert_eq!(Lang::from_header("fr, ko-KR"), Lang::Ko);
        assert_eq!(Lang::from_header("fr"), Lang::Ko);
        assert_eq!(Lang::from_header("가"), Lang::Ko);
    }
}
