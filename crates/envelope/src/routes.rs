use serde_json::Value;

/// Which methods each path knows, taken from the document: for the `Allow` header of a 405.
#[derive(Debug, Default)]
pub struct Routes(Vec<(Vec<String>, String)>);

/// Where the routes are to be had: made when somebody asks in a way that is not allowed, not at start.
#[derive(Clone, Copy, Debug)]
pub struct RoutesOf(pub fn() -> &'static Routes);

impl Routes {
    /// From the finished OpenAPI document.
    #[must_use]
    pub fn of_document(document: &Value) -> Self {
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        Self(
            paths
                .map(|(path, item)| {
                    let methods: Vec<String> = item.as_object().into_iter().flatten().map(|(method, _)| method.to_uppercase()).collect();
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
    use serde_json::json;

    #[test]
    fn a_literal_goes_before_a_parameter() {
        let routes = Routes::of_document(&json!({"paths": {"/a/{id}": {"get": {}, "patch": {}}, "/a/tree": {"get": {}}}}));
        assert_eq!(routes.allow("/a/tree"), Some("GET"));
        assert_eq!(routes.allow("/a/7"), Some("GET, PATCH"));
        assert_eq!(routes.allow("/b"), None);
    }
}
