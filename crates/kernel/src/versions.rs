/// Tags one header may list.
const MOST: usize = 16;

/// The versions of a row that somebody has read and will have changed: what `If-Match` lists. A row is of them when its version is one.
#[derive(Clone, Copy, Debug)]
pub struct Versions {
    listed: [i64; MOST],
    count: usize,
}

impl Versions {
    /// Reads a list of entity tags. `None` where that is none. A weak tag, or one that is no version of ours, fits no row (RFC 9110, 13.1.1).
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let mut versions = Self { listed: [0; MOST], count: 0 };
        let mut rest = text.trim();
        loop {
            let (weak, tag) = rest.strip_prefix("W/").map_or((false, rest), |tag| (true, tag));
            let (tag, behind) = tag.strip_prefix('"')?.split_once('"')?;
            if let (false, Ok(version)) = (weak, tag.parse()) {
                *versions.listed.get_mut(versions.count)? = version;
                versions.count += 1;
            }
            let behind = behind.trim_start();
            if behind.is_empty() {
                return Some(versions);
            }
            rest = behind.strip_prefix(',')?.trim_start();
        }
    }
}

impl PartialEq<i64> for Versions {
    fn eq(&self, version: &i64) -> bool {
        self.listed.iter().take(self.count).any(|listed| listed == version)
    }
}

#[cfg(test)]
mod tests {
    use super::Versions;

    #[test]
    fn a_list_fits_each_of_its_strong_tags() {
        for (text, fits) in [("\"3\"", true), ("\"1\", \"3\"", true), ("\"3\",\"1\"", true), ("W/\"3\"", false), ("W/\"3\", \"3\"", true)] {
            assert_eq!(Versions::read(text).unwrap() == 3, fits, "{text}");
        }
        for text in ["\"abc\"", "\"\"", "\"1\", \"2\""] {
            assert!(Versions::read(text).unwrap() != 3, "{text}");
        }
        for text in ["", "3", "\"3", "\"3\" \"4\"", "\"3\",", "w/\"3\"", &"\"1\",".repeat(20)] {
            assert!(Versions::read(text).is_none(), "{text}");
        }
    }
}
