//! From a struct with a table's own columns to its entity and bodies.

use crate::marks::{InBody, Marks};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{
    Attribute, Error, Expr, ExprLit, Field, Fields, Ident, ItemStruct, Lit, LitStr, Meta, MetaNameValue, Result, Type,
    parse::{Parse, ParseStream, Parser},
    parse_quote,
};

/// Which standard columns a table has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Columns {
    Company,
    Provider,
    Line,
    Own,
}

/// The arguments of the attribute.
pub(crate) struct Arguments {
    table: LitStr,
    schema: Option<LitStr>,
    bodies: Option<LitStr>,
    columns: Columns,
}

impl Parse for Arguments {
    fn parse(input: ParseStream) -> Result<Self> {
        let (mut table, mut schema, mut bodies, mut columns) = (None, None, None, Columns::Company);
        let parser = syn::meta::parser(|meta| {
            if meta.path.is_ident("table") {
                table = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("schema") {
                schema = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("bodies") {
                bodies = Some(meta.value()?.parse()?);
            } else if meta.path.is_ident("columns") {
                let word: Ident = meta.value()?.parse()?;
                columns = match word.to_string().as_str() {
                    "company" => Columns::Company,
                    "provider" => Columns::Provider,
                    "line" => Columns::Line,
                    "own" => Columns::Own,
                    _ => return Err(Error::new(word.span(), "the columns are those of `company`, `provider`, `line`, or `own`")),
                };
            } else {
                return Err(meta.error("a record has `table`, `schema`, `bodies` and `columns`"));
            }
            Ok(())
        });
        parser.parse2(input.parse()?)?;
        let table = table.ok_or_else(|| input.error("`table = \"…\"` is missing"))?;
        Ok(Self { table, schema, bodies, columns })
    }
}

/// The structs, in the place of the one that was written.
pub(crate) fn expand(arguments: &Arguments, mut item: ItemStruct) -> Result<TokenStream> {
    let Fields::Named(named) = &mut item.fields else {
        return Err(Error::new_spanned(&item, "a record has named fields"));
    };
    let mut marked = Vec::new();
    for field in &mut named.named {
        let marks = Marks::take(field)?;
        marked.push((field.clone(), marks));
    }
    let bodies = arguments.schema.as_ref().map(|schema| {
        let schema = arguments.bodies.as_ref().unwrap_or(schema);
        let of = |in_body: fn(&Marks, &Type) -> Option<InBody>| -> Vec<Field> {
            marked.iter().filter_map(|(field, marks)| Some(body_field(field, in_body(marks, &field.ty)?))).collect()
        };
        let create = body(schema, "Create", &of(Marks::in_create));
        let update = body(schema, "Update", &of(Marks::in_update));
        let filter = body(schema, "Filter", &of(Marks::in_filter));
        quote!(#create #update #filter)
    });
    let shows = arguments.schema.is_some();
    let (first, last) = standard(arguments.columns, shows);
    let own = named.named.iter();
    let (attributes, visibility, name) = (&item.attrs, &item.vis, &item.ident);
    let table = &arguments.table;
    let shown = arguments.schema.as_ref().map(|schema| {
        quote! {
            #[derive(::serde::Serialize, ::paperclip::actix::Apiv2Schema)]
            #[openapi(rename = #schema)]
        }
    });
    Ok(quote! {
        #(#attributes)*
        #[derive(Clone, Debug, PartialEq, ::sea_orm::DeriveEntityModel)]
        #[sea_orm(table_name = #table)]
        #shown
        #visibility struct #name {
            #(#first,)*
            #(#own,)*
            #(#last,)*
        }

        #[doc(hidden)]
        #[derive(Clone, Copy, Debug, ::sea_orm::EnumIter, ::sea_orm::DeriveRelation)]
        pub enum Relation {}

        impl ::sea_orm::ActiveModelBehavior for ActiveModel {}

        #bodies
    })
}

/// A field as a body has it: with its text, without what is said to the database.
fn body_field(field: &Field, (of, text): InBody) -> Field {
    let mut field = field.clone();
    let mut is_first = true;
    field.attrs.retain(|attribute| {
        let is_title = std::mem::take(&mut is_first) && is_title(attribute);
        attribute.path().is_ident("doc") && (text.is_none() || is_title)
    });
    field.attrs.extend(text.map(|text| parse_quote!(#[doc = #text])));
    field.ty = of;
    field
}

/// Whether it is the line that says what a field is called: `이름 | Name`.
fn is_title(attribute: &Attribute) -> bool {
    matches!(&attribute.meta, Meta::NameValue(MetaNameValue { value: Expr::Lit(ExprLit { lit: Lit::Str(line), .. }), .. })
        if attribute.path().is_ident("doc") && line.value().contains(" | "))
}

/// One of the three structs; nothing, where no field is marked for it.
fn body(schema: &LitStr, kind: &str, fields: &[Field]) -> Option<TokenStream> {
    let name = format_ident!("{kind}");
    let renamed = LitStr::new(&format!("{}{kind}", schema.value()), schema.span());
    let text = match kind {
        "Create" => "What a new row is made of.",
        "Update" => "What may change of a row; what is left out stays as it is.",
        _ => "What a list can be filtered by.",
    };
    // what is left out of an update or a filter is nothing; what is left out of a create is an error, unless it is an `Option`
    let lenient = (kind != "Create").then(|| quote!(#[derive(Default)] #[serde(default)]));
    (!fields.is_empty()).then(|| {
        quote! {
            #[doc = #text]
            #[derive(::serde::Deserialize, ::paperclip::actix::Apiv2Schema, ::sea_orm::DeriveIntoActiveModel)]
            #[openapi(rename = #renamed)]
            #lenient
            pub struct #name {
                #(#fields,)*
            }
        }
    })
}

/// The standard columns that stand before a table's own ones, and those behind.
fn standard(columns: Columns, shows: bool) -> (Vec<Field>, Vec<Field>) {
    if columns == Columns::Own {
        return (Vec::new(), Vec::new());
    }
    let key = quote!(#[sea_orm(primary_key, auto_increment = false)]);
    // only what is shown somewhere can be kept out of it
    let internal = shows.then(|| quote!(#[serde(skip)]));
    let line = (columns == Columns::Line).then(|| internal.clone()).flatten();
    let mut first: Vec<Field> = vec![parse_field(quote!(#[doc = "ID | ID"] #key pub id: ::sea_orm::prelude::Uuid))];
    if columns != Columns::Provider {
        first.push(parse_field(quote!(#key #internal pub tenant_id: ::sea_orm::prelude::Uuid)));
    }
    let last = [
        quote!(#internal pub row_version: i64),
        quote!(#[doc = "등록 일시 | Created"] #line pub created_at: ::kernel::Timestamp),
        quote!(#[doc = "등록자 | Created by"] #line pub created_by: Option<::sea_orm::prelude::Uuid>),
        quote!(#[doc = "수정 일시 | Changed"] #line pub updated_at: Option<::kernel::Timestamp>),
        quote!(#[doc = "수정자 | Changed by"] #line pub updated_by: Option<::sea_orm::prelude::Uuid>),
        quote!(#internal pub deleted_at: Option<::kernel::Timestamp>),
        quote!(#internal pub deleted_by: Option<::sea_orm::prelude::Uuid>),
    ];
    (first, last.map(parse_field).into())
}

fn parse_field(tokens: TokenStream) -> Field {
    parse_quote!(#tokens)
}
