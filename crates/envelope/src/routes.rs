/// Which methods each path knows, taken from the document: for the `Allow` header of a 405.
#[derive(Debug, Default)]
pub struct Routes(Vec<(Vec<String>, String)>);

/// Where the routes are to be had: made when somebody asks in a way that is not allowed, not at start.
#[derive(Clone, Copy, Debug)]
pub struct RoutesOf(pub fn() -> &'static Routes);

impl Routes {
    /// From the paths of the document, each with its methods.
    pub fn of<'d, M: Iterator<Item = &'d str>>(paths: impl Iterator<Item = (&'d str, M)>) -> Self {
        Self(
            paths
                .map(|(path, methods)| {
                    let methods = methods.map(str::to_uppercase);
                    let methods: Vec<String> =
                        methods.flat_map(|method| if method == "GET" { vec![method, "HEAD".to_owned()] } else { vec![method] }).collect();
                    (path.trim_end_matches('/').split('/').map(str::to_owned).collect(), methods.join(", "))
                })
                .collect(),
        )
    }

    /// The methods of the path, a literal segment going before a parameter.
    #[must_use]
    pub fn allow(&self, path: &str) -> Option<&str> {
        let asked: Vec<&str> = path.split('/').collect();
        let fits = |known: &[String]| {
            known.len() == asked.len() && known.iter().zip(&asked).all(|(known, asked)| known == asked || known.starts_with('{'))
        };
        let parameters = |known: &[String]| known.iter().filter(|segment| segment.starts_with('{')).count();
        self.0.iter().filter(|(known, _)| fits(known)).min_by_key(|(known, _)| parameters(known)).map(|(_, methods)| methods.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Routes;

    #[test]
    fn a_literal_goes_before_a_parameter() {
        let routes = Routes::of([("/a/{id}", vec!["get", "patch"].into_iter()), ("/a/tree", vec!["get"].into_iter())].into_iter());
        assert_eq!(routes.allow("/a/tree"), Some("GET, HEAD"));
        assert_eq!(routes.allow("/a/7"), Some("GET, HEAD, PATCH"));
        assert_eq!(routes.allow("/b"), None);
    }
}
