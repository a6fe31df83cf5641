//! Finding the route of a request.
//!
//! actix compiles a regular expression for each path with a parameter, once for each worker: for some nine hundred paths that was half of
//! the memory of a program that has just started, and most of its start. Here a parameter is always a whole segment, so that the paths form
//! a tree and need none.

use crate::Failure;
use crate::{
    face::unknown_path,
    web::{Answering, Route, Service, ServiceConfig},
};
use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{Method, header},
};
use kernel::Error;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// All routes of the API, by their paths.
#[derive(Default)]
pub struct Routes {
    root: Node,
}

/// A segment of a path, and what may come behind it.
#[derive(Default)]
struct Node {
    words: HashMap<String, Node>,
    /// Any segment, but an empty one.
    parameter: Option<Box<Node>>,
    here: Option<Rc<Endpoint>>,
}

/// A path, `/api/v1/tenants/adm/users/{id}`, and what answers there.
#[derive(Default)]
struct Endpoint {
    pattern: String,
    /// The names of its parameters, in their order.
    names: Vec<String>,
    routes: Vec<Route>,
}

/// What the path of a request was taken for.
struct Matched {
    endpoint: Rc<Endpoint>,
    values: Vec<String>,
}

/// The value of a request's path for the parameter `name` of its pattern.
#[must_use]
pub fn path_value(request: &HttpRequest, name: &str) -> Option<String> {
    let extensions = request.extensions();
    let Matched { endpoint, values } = extensions.get::<Matched>()?;
    let at = endpoint.names.iter().position(|known| known == name)?;
    values.get(at).cloned()
}

/// The pattern of a request's path.
#[must_use]
pub fn pattern(request: &HttpRequest) -> Option<String> {
    request.extensions().get::<Matched>().map(|matched| matched.endpoint.pattern.clone())
}

impl Routes {
    /// The routes that were declared.
    #[must_use]
    pub fn of(declared: ServiceConfig) -> Self {
        let mut endpoints = BTreeMap::new();
        collect(declared, "", &mut endpoints);
        let mut routes = Self::default();
        for (pattern, of_path) in endpoints {
            routes.add(pattern, of_path);
        }
        routes
    }

    fn add(&mut self, pattern: String, routes: Vec<Route>) {
        let mut node = &mut self.root;
        let mut names = Vec::new();
        for segment in segments(&pattern) {
            node = match segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => {
                    names.push(name.to_owned());
                    node.parameter.get_or_insert_default()
                }
                None => node.words.entry(segment.to_owned()).or_default(),
            };
        }
        debug_assert!(node.here.is_none(), "{pattern} is declared twice, with other names of its parameters");
        node.here = Some(Rc::new(Endpoint { pattern, names, routes }));
    }

    /// The path's endpoint, with the values of its parameters. A word goes before a parameter.
    fn find<'p>(&self, path: &'p str) -> Option<(&Rc<Endpoint>, Vec<&'p str>)> {
        let segments: Vec<&str> = segments(path).collect();
        let mut values = Vec::new();
        self.root.find(&segments, &mut values).map(|endpoint| (endpoint, values))
    }

    /// Answers a request.
    pub fn answer(&self, request: HttpRequest, payload: Payload) -> Answering {
        // as actix decoded it: `%6d` is `m`
        let Some((endpoint, values)) = self.find(request.match_info().as_str()) else { return unknown_path(request) };
        let Some(route) = endpoint.routes.iter().find(|route| route.method == request.method()) else {
            let not_allowed = HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, endpoint.allow())).finish();
            return Box::pin(std::future::ready(not_allowed));
        };
        if endpoint.pattern.contains("/auth/") && request.query_string().contains("dry_run") {
            // signing in has no door that would say it, and a parameter that is passed over would do the real thing
            let (ko, en) = ("이 작업은 시험 실행을 지원하지 않습니다.", "is not supported for this operation");
            let refusal = HttpResponse::from_error(Failure(Error::field("dry_run", "not_possible", ko, en)));
            return Box::pin(std::future::ready(refusal));
        }
        let values = values.into_iter().map(str::to_owned).collect();
        request.extensions_mut().insert(Matched { endpoint: endpoint.clone(), values });
        (route.answer)(request, payload)
    }
}

/// The routes of each path, declared in one place or in several.
fn collect(declared: ServiceConfig, prefix: &str, into: &mut BTreeMap<String, Vec<Route>>) {
    for service in declared {
        match service {
            Service::Scope(scope) => collect(scope.services, &format!("{prefix}{}", scope.path), into),
            Service::Resource(resource) => {
                let routes = into.entry(format!("{prefix}{}", resource.path)).or_default();
                for route in resource.routes {
                    debug_assert!(routes.iter().all(|known| known.method != route.method), "{prefix}{} {}", resource.path, route.method);
                    routes.push(route);
                }
            }
        }
    }
}

impl Node {
    fn find<'s, 'p>(&'s self, segments: &[&'p str], values: &mut Vec<&'p str>) -> Option<&'s Rc<Endpoint>> {
        let Some((segment, behind)) = segments.split_first() else { return self.here.as_ref() };
        if let Some(found) = self.words.get(*segment).and_then(|node| node.find(behind, values)) {
            return Some(found);
        }
        let node = self.parameter.as_ref().filter(|_| !segment.is_empty())?;
        let before = values.len();
        values.push(segment);
        let found = node.find(behind, values);
        if found.is_none() {
            values.truncate(before);
        }
        found
    }
}

impl Endpoint {
    /// The methods of the path, for the header `Allow`.
    fn allow(&self) -> String {
        let methods = self.routes.iter().map(|route| route.method.as_str());
        let head = self.routes.iter().any(|route| route.method == Method::GET).then_some("HEAD");
        methods.chain(head).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// `/a/{id}` → `a`, `{id}`.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').skip(1)
}

#[cfg(test)]
mod tests {
    use super::Routes;
    use crate::web::{self, Description, ServiceConfig};
    use actix_web::HttpResponse;
    use std::rc::Rc;

    fn routes() -> Routes {
        let get = || {
            let answer = |_, _| -> web::Answering { Box::pin(std::future::ready(HttpResponse::Ok().finish())) };
            web::get().boxed(Rc::new(answer), Rc::new(Description::default))
        };
        let mut declared = ServiceConfig::default();
        let inner = web::scope("/users")
            .service(web::resource("").route(get()))
            .service(web::resource("/{id}").route(get()))
            .service(web::resource("/tree").route(get()))
            .service(web::resource("/{id}/roles/{role}").route(get()));
        declared.service(web::scope("/api").service(inner)).service(web::resource("/users/{user_id}").route(get()));
        declared.service(web::resource("/users/tree/leaves").route(get()));
        Routes::of(declared)
    }

    #[test]
    fn a_path_is_found_with_its_parameters() {
        let routes = routes();
        let found = |path: &str| {
            routes.find(path).map(|(endpoint, values)| {
                let named = endpoint.names.iter().zip(values).map(|(name, value)| format!("{name}={value}"));
                format!("{} {}", endpoint.pattern, named.collect::<Vec<_>>().join(" "))
            })
        };
        assert_eq!(found("/api/users").as_deref(), Some("/api/users "));
        assert_eq!(found("/api/users/7").as_deref(), Some("/api/users/{id} id=7"));
        assert_eq!(found("/api/users/tree").as_deref(), Some("/api/users/tree "), "a word goes before a parameter");
        assert_eq!(found("/api/users/tree/roles/x").as_deref(), Some("/api/users/{id}/roles/{role} id=tree role=x"));
        assert_eq!(found("/users/tree").as_deref(), Some("/users/{user_id} user_id=tree"), "a word that leads nowhere is a parameter");
        for unknown in ["", "/", "/api", "/api/users/", "/api/users/7/", "/api/users//roles/x", "/api/users/7/roles", "/users", "api/users"]
        {
            assert_eq!(found(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn a_path_knows_its_methods() {
        let routes = routes();
        assert_eq!(routes.find("/api/users/7").unwrap().0.allow(), "GET, HEAD");
    }
}
