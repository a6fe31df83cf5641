/// Declares enums of words as they are on the wire and in the database: SCREAMING_SNAKE_CASE.
/// The string behind the name is what the document calls the type; a word that is spelt
/// otherwise says so: `Iso27001 = "ISO27001"`.
#[macro_export]
macro_rules! string_enum {
    ($($(#[$doc:meta])* $vis:vis $name:ident ($rename:literal) { $($(#[$word_doc:meta])* $word:ident $(= $text:literal)?),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, sea_orm::EnumIter, sea_orm::DeriveActiveEnum, serde::Serialize, serde::Deserialize, paperclip::actix::Apiv2Schema)]
        #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(50))", rename_all = "SCREAMING_SNAKE_CASE")]
        #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
        #[openapi(rename = $rename)]
        $vis enum $name { $($(#[$word_doc])* $(#[sea_orm(string_value = $text)] #[serde(rename = $text)])? $word),+ }
    )+};
}
