//! The marks of a field: `#[api(create, update, filter)]`.

use syn::{Field, GenericArgument, LitStr, PathArguments, Result, Type, meta::ParseNestedMeta, parse_quote};

/// How a field takes part in one of the structs.
#[derive(Default)]
struct Part {
    /// `create(optional)`, `filter(null)`
    is_lenient: bool,
    /// `create(text = "…")`: what the field means there, instead of its text in the row.
    text: Option<LitStr>,
}

/// What a field is marked for.
#[derive(Default)]
pub(crate) struct Marks {
    create: Option<Part>,
    update: Option<Part>,
    filter: Option<Part>,
}

/// A field as a body has it: its type, and its text where that is another one than in the row.
pub(crate) type InBody = (Type, Option<LitStr>);

impl Marks {
    /// Takes the marks off a field.
    pub(crate) fn take(field: &mut Field) -> Result<Self> {
        let mut marks = Self::default();
        for attribute in field.attrs.extract_if(.., |attribute| attribute.path().is_ident("api")) {
            attribute.parse_nested_meta(|meta| {
                if meta.path.is_ident("create") {
                    marks.create = Some(part(&meta, "optional")?);
                } else if meta.path.is_ident("update") {
                    marks.update = Some(part(&meta, "")?);
                } else if meta.path.is_ident("filter") {
                    marks.filter = Some(part(&meta, "null")?);
                } else {
                    return Err(meta.error("a field is marked for `create`, `update` or `filter`"));
                }
                Ok(())
            })?;
        }
        Ok(marks)
    }

    /// The field in `Create`, if it is one of its fields.
    pub(crate) fn in_create(&self, column: &Type) -> Option<InBody> {
        let part = self.create.as_ref()?;
        let is_wrapped = part.is_lenient && inner(column).is_none();
        Some((if is_wrapped { parse_quote!(::core::option::Option<#column>) } else { column.clone() }, part.text.clone()))
    }

    /// The field in `Update`.
    pub(crate) fn in_update(&self, column: &Type) -> Option<InBody> {
        let part = self.update.as_ref()?;
        let change = match inner(column) {
            Some(value) => parse_quote!(::kernel::Patch<#value>),
            None => parse_quote!(::kernel::Change<#column>),
        };
        Some((change, part.text.clone()))
    }

    /// The field in `Filter`.
    pub(crate) fn in_filter(&self, column: &Type) -> Option<InBody> {
        let part = self.filter.as_ref()?;
        let value = inner(column).unwrap_or(column);
        Some((
            if part.is_lenient { parse_quote!(::kernel::Patch<#value>) } else { parse_quote!(::core::option::Option<#value>) },
            part.text.clone(),
        ))
    }
}

/// The brackets of a mark: the word `lenient`, if there is one, and `text = "…"`.
fn part(meta: &ParseNestedMeta, lenient: &str) -> Result<Part> {
    let mut part = Part::default();
    if meta.input.peek(syn::token::Paren) {
        meta.parse_nested_meta(|inner| {
            if inner.path.is_ident("text") {
                part.text = Some(inner.value()?.parse()?);
            } else if !lenient.is_empty() && inner.path.is_ident(lenient) {
                part.is_lenient = true;
            } else {
                return Err(inner.error("this cannot stand here"));
            }
            Ok(())
        })?;
    }
    Ok(part)
}

/// `T` of an `Option<T>`.
fn inner(column: &Type) -> Option<&Type> {
    let Type::Path(path) = column else { return None };
    let last = path.path.segments.last().filter(|segment| segment.ident == "Option")?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(value)) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    /// The field's types in `Create`, `Update` and `Filter`.
    fn types(mut field: Field) -> [String; 3] {
        let marks = Marks::take(&mut field).unwrap_or_else(|error| panic!("{error}"));
        assert!(field.attrs.is_empty());
        [marks.in_create(&field.ty), marks.in_update(&field.ty), marks.in_filter(&field.ty)]
            .map(|found| found.map_or_else(String::new, |(found, _)| quote!(#found).to_string().replace(' ', "")))
    }

    #[test]
    fn a_column_that_may_be_empty_can_be_left_out_and_emptied() {
        let field = parse_quote!(#[api(create, update, filter)] pub note: Option<Memo>);
        assert_eq!(types(field), ["Option<Memo>", "::kernel::Patch<Memo>", "::core::option::Option<Memo>"]);
        let field = parse_quote!(#[api(filter(null))] pub note: Option<Memo>);
        assert_eq!(types(field), ["", "", "::kernel::Patch<Memo>"]);
    }

    #[test]
    fn a_column_that_may_not_be_empty_is_asked_for_unless_it_has_a_value_of_its_own() {
        let field = parse_quote!(#[api(create, update)] pub name: Text<100>);
        assert_eq!(types(field), ["Text<100>", "::kernel::Change<Text<100>>", ""]);
        let field = parse_quote!(#[api(create(optional))] pub is_active: bool);
        assert_eq!(types(field), ["::core::option::Option<bool>", "", ""]);
    }

    #[test]
    fn a_mark_that_is_not_known_is_an_error() {
        for mut field in [parse_quote!(#[api(list)] pub a: i32), parse_quote!(#[api(create(null))] pub a: i32)] {
            assert!(Marks::take(&mut field).is_err());
        }
    }
}
