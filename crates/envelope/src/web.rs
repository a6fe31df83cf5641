//! Declaring routes: used in the place of `paperclip::actix::web`.
//!
//! actix and paperclip are generic over a handler, its arguments and its answer, so that each route mounted with them is compiled once
//! more with everything around it (78 KB of machine code a route, and two seconds). Here a handler loses its types first, and routes are
//! data: [`crate::Routes`] finds and answers them, and paperclip sees them for the document only.

use crate::{Failure, schema::Defs};
use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, http::Method};
use futures_util::future::LocalBoxFuture;
use kernel::{Error, boxed};
use paperclip::{
    actix::{OperationModifier, web as routes},
    v2::{
        models::{DefaultOperationRaw, SecurityScheme},
        schema::Apiv2Operation,
    },
};
use std::{any::Any, cell::RefCell, collections::BTreeMap, pin::Pin, rc::Rc, task, vec};

/// The answer to come.
pub type Answering = LocalBoxFuture<'static, HttpResponse>;

/// What an argument is made of, before it has its type.
pub type Part = Box<dyn Any>;

/// A part to come, or why there is none.
pub type Reading = LocalBoxFuture<'static, Result<Part, Failure>>;

/// An argument of a handler. It is read without its type, which is compiled once for each kind of argument, and then given its type.
/// Arguments are read one after the other, in their order: whoever is not allowed in by the first is not asked for the others.
pub trait Argument: Sized + 'static {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Reading;

    /// # Errors
    /// What is wrong with the argument.
    fn decode(part: Part) -> Result<Self, Failure>;
}

/// An argument that is read as what it is.
///
/// # Errors
/// Internal, where the part is another argument's.
pub fn whole<T: 'static>(part: Part) -> Result<T, Failure> {
    part.downcast::<T>().map(|found| *found).map_err(|_| no_part())
}

/// A part that is there without waiting.
pub fn at_once<T: 'static>(part: Result<T, Error>) -> Reading {
    let part = part.map(|part| Box::new(part) as Part).map_err(Failure);
    Box::pin(std::future::ready(part))
}

fn no_part() -> Failure {
    Failure(Error::internal("an argument of another kind"))
}

type Read = fn(&HttpRequest, &mut Payload) -> Reading;

#[boxed(?Send)]
async fn read_all(request: HttpRequest, mut payload: Payload, arguments: &'static [Read]) -> Result<Vec<Part>, Failure> {
    let mut parts = Vec::with_capacity(arguments.len());
    for read in arguments {
        parts.push(read(&request, &mut payload).await?);
    }
    Ok(parts)
}

/// What a handler can answer.
pub trait Outcome {
    fn respond(self, request: &HttpRequest) -> HttpResponse;
}

impl<R: Responder<Body = BoxBody>> Outcome for Result<R, Failure> {
    fn respond(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Ok(reply) => reply.respond_to(request),
            Err(failure) => HttpResponse::from_error(failure),
        }
    }
}

/// How one route stands in the document.
#[derive(Default)]
pub struct Description {
    pub operation: DefaultOperationRaw,
    pub definitions: Defs,
    pub security: BTreeMap<String, SecurityScheme>,
}

impl Description {
    #[must_use]
    pub fn new(summary: String) -> Self {
        Self { operation: DefaultOperationRaw { summary: Some(summary), ..Default::default() }, ..Default::default() }
    }

    /// Takes an argument as it describes itself.
    #[must_use]
    pub fn takes<A: OperationModifier>(mut self) -> Self {
        A::update_parameter(&mut self.operation);
        A::update_security(&mut self.operation);
        A::update_definitions(&mut self.definitions);
        A::update_security_definitions(&mut self.security);
        self
    }

    /// Answers as `O` describes itself.
    #[must_use]
    pub fn gives<O: OperationModifier>(mut self) -> Self {
        O::update_response(&mut self.operation);
        O::update_definitions(&mut self.definitions);
        self
    }

    /// What paperclip's macro made of a handler's signature.
    #[must_use]
    pub fn of<F: Apiv2Operation>() -> Self {
        Self { operation: F::operation(), definitions: F::definitions(), security: F::security_definitions() }
    }
}

/// An `async fn` under `#[api_v2_operation]`, of one to four arguments.
pub trait Handler<A>: Clone + 'static {
    const ARGUMENTS: &'static [Read];

    /// Calls it with what was read.
    ///
    /// # Errors
    /// What is wrong with an argument.
    fn call(&self, parts: vec::IntoIter<Part>, request: HttpRequest) -> Result<Answering, Failure>;

    fn describe() -> Description;
}

macro_rules! handler {
    ($($argument:ident),*) => {
        impl<H, F, $($argument: Argument),*> Handler<($($argument,)*)> for H
        where
            H: Fn($($argument),*) -> F + Clone + 'static,
            F: Future<Output: Outcome> + Apiv2Operation + 'static,
        {
            const ARGUMENTS: &'static [Read] = &[$($argument::read),*];

            fn call(&self, mut parts: vec::IntoIter<Part>, request: HttpRequest) -> Result<Answering, Failure> {
                let answer = self($($argument::decode(parts.next().ok_or_else(no_part)?)?),*);
                Ok(Box::pin(async move { answer.await.respond(&request) }))
            }

            fn describe() -> Description {
                Description::of::<F>()
            }
        }
    };
}
handler!(A);
handler!(A, B);
handler!(A, B, C);
handler!(A, B, C, D);

/// A method of a path that waits for its handler.
pub struct Verb(Method);

#[must_use]
pub fn get() -> Verb {
    Verb(Method::GET)
}

#[must_use]
pub fn post() -> Verb {
    Verb(Method::POST)
}

#[must_use]
pub fn put() -> Verb {
    Verb(Method::PUT)
}

#[must_use]
pub fn patch() -> Verb {
    Verb(Method::PATCH)
}

#[must_use]
pub fn delete() -> Verb {
    Verb(Method::DELETE)
}

type Calling = Rc<dyn Fn(vec::IntoIter<Part>, HttpRequest) -> Result<Answering, Failure>>;

impl Verb {
    pub fn to<A, H: Handler<A>>(self, handler: H) -> Route {
        self.erased(H::ARGUMENTS, Rc::new(move |parts, request| handler.call(parts, request)), H::describe)
    }

    fn erased(self, arguments: &'static [Read], call: Calling, describe: fn() -> Description) -> Route {
        let answer = move |request: HttpRequest, payload: Payload| -> Answering {
            let call = call.clone();
            Box::pin(async move {
                let answer = read_all(request.clone(), payload, arguments).await.and_then(|parts| call(parts.into_iter(), request));
                match answer {
                    Ok(answer) => answer.await,
                    Err(failure) => HttpResponse::from_error(failure),
                }
            })
        };
        self.boxed(Rc::new(answer), Rc::new(describe))
    }

    /// A route whose handler has lost its types already.
    pub fn boxed(self, answer: Rc<dyn Fn(HttpRequest, Payload) -> Answering>, describe: Rc<dyn Fn() -> Description>) -> Route {
        Route { method: self.0, answer, describe }
    }
}

/// What answers a method of a path.
pub struct Route {
    pub(crate) method: Method,
    pub(crate) answer: Rc<dyn Fn(HttpRequest, Payload) -> Answering>,
    describe: Rc<dyn Fn() -> Description>,
}

/// The routes of a path.
pub struct Resource {
    pub(crate) path: String,
    pub(crate) routes: Vec<Route>,
}

#[must_use]
pub fn resource(path: &str) -> Resource {
    Resource { path: path.to_owned(), routes: Vec::new() }
}

impl Resource {
    #[must_use]
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    fn documented(self) -> routes::Resource {
        self.routes.into_iter().fold(routes::resource(&self.path), |resource, Route { method, describe, .. }| {
            DESCRIPTION.set(describe());
            resource.route(routes::method(method).to(|| Documented))
        })
    }
}

/// Paths that begin alike.
pub struct Scope {
    pub(crate) path: String,
    pub(crate) services: ServiceConfig,
}

#[must_use]
pub fn scope(path: &str) -> Scope {
    Scope { path: path.to_owned(), services: ServiceConfig::default() }
}

impl Scope {
    #[must_use]
    pub fn service(mut self, service: impl Into<Service>) -> Self {
        self.services.service(service);
        self
    }

    #[must_use]
    pub fn configure(mut self, configure: fn(&mut ServiceConfig)) -> Self {
        configure(&mut self.services);
        self
    }

    fn documented(self) -> routes::Scope {
        self.services.0.into_iter().fold(routes::scope(&self.path), |scope, service| match service {
            Service::Resource(resource) => scope.service(resource.documented()),
            Service::Scope(inner) => scope.service(inner.documented()),
        })
    }
}

/// A path, or several that begin alike.
pub enum Service {
    Resource(Resource),
    Scope(Scope),
}

impl From<Resource> for Service {
    fn from(resource: Resource) -> Self {
        Self::Resource(resource)
    }
}

impl From<Scope> for Service {
    fn from(scope: Scope) -> Self {
        Self::Scope(scope)
    }
}

/// Paths that are declared one after the other.
#[derive(Default)]
pub struct ServiceConfig(Vec<Service>);

impl ServiceConfig {
    pub fn service(&mut self, service: impl Into<Service>) -> &mut Self {
        self.0.push(service.into());
        self
    }

    /// Hands what was declared to paperclip, which collects the document. What serves is [`crate::Routes`].
    pub fn document(self, app: &mut routes::ServiceConfig) {
        for service in self.0 {
            match service {
                Service::Resource(resource) => app.service(resource.documented()),
                Service::Scope(scope) => app.service(scope.documented()),
            };
        }
    }
}

impl IntoIterator for ServiceConfig {
    type Item = Service;
    type IntoIter = vec::IntoIter<Service>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

thread_local! {
    /// That of the route being documented: paperclip asks the type of a handler's future for it.
    static DESCRIPTION: RefCell<Description> = RefCell::default();
}

/// Stands for every handler where paperclip collects the document. Nothing is served through it.
struct Documented;

impl Future for Documented {
    type Output = HttpResponse;

    fn poll(self: Pin<&mut Self>, _: &mut task::Context<'_>) -> task::Poll<HttpResponse> {
        task::Poll::Pending
    }
}

impl Apiv2Operation for Documented {
    fn operation() -> DefaultOperationRaw {
        DESCRIPTION.with_borrow_mut(|description| std::mem::take(&mut description.operation))
    }

    fn definitions() -> Defs {
        DESCRIPTION.with_borrow_mut(|description| std::mem::take(&mut description.definitions))
    }

    fn security_definitions() -> BTreeMap<String, SecurityScheme> {
        DESCRIPTION.with_borrow_mut(|description| std::mem::take(&mut description.security))
    }
}
