use crate::schema::{Defs, is_describing};
use paperclip::{
    actix::{OperationModifier, ResponseWrapper},
    v2::{
        models::{DefaultOperationRaw, SecurityScheme},
        schema::Apiv2Operation,
    },
};
use std::{collections::BTreeMap, marker::PhantomData};

/// How one operation of a generic handler describes itself: paperclip's macro gives all
/// instances the same words.
pub trait OpMeta: 'static {
    fn meta() -> DefaultOperationRaw;
}

/// `M`: the words; `A`: the tuple of its extractors; `O`: what it answers.
pub struct Op<M, A, O>(PhantomData<(M, A, O)>);

/// A handler's future that carries its description.
pub type Described<F, M, A, O> = ResponseWrapper<F, Op<M, A, O>>;

pub fn described<F, M, A, O>(future: F) -> Described<F, M, A, O> {
    ResponseWrapper { responder: future, operations: Op(PhantomData) }
}

macro_rules! operation_of {
    ($($arg:ident),*) => {
        impl<M: OpMeta, $($arg: OperationModifier,)* O: OperationModifier> Apiv2Operation for Op<M, ($($arg,)*), O> {
            fn operation() -> DefaultOperationRaw {
                if !is_describing() {
                    return DefaultOperationRaw::default();
                }
                let mut op = M::meta();
                $($arg::update_parameter(&mut op); $arg::update_security(&mut op);)*
                O::update_response(&mut op);
                op
            }
            fn security_definitions() -> BTreeMap<String, SecurityScheme> {
                #[allow(unused_mut, reason = "an operation without extractors has none")]
                let mut map = BTreeMap::new();
                $($arg::update_security_definitions(&mut map);)*
                map
            }
            fn definitions() -> Defs {
                let mut map = Defs::new();
                $($arg::update_definitions(&mut map);)*
                O::update_definitions(&mut map);
                map
            }
        }
    };
}
operation_of!(A1);
operation_of!(A1, A2);
operation_of!(A1, A2, A3);
