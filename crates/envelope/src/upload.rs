//! A file as a body: as it is, or as the part `file` of a form.

use crate::{
    Failure,
    extract::{digest, read_bytes, remember_digest},
    schema::Defs,
    web::{Argument, Part, Reading, whole},
};
use actix_web::{HttpRequest, dev::Payload, http::header, web::Bytes};
use kernel::{Code, Error, Message, Result, boxed, schema::MARK};
use paperclip::{
    actix::OperationModifier,
    v2::{
        models::{DefaultOperationRaw, DefaultSchemaRaw, Either, Parameter, ParameterIn},
        schema::Apiv2Schema,
    },
};
use std::{convert::Infallible, time::Duration};

/// Bytes a file may have.
pub const FILE_LIMIT: usize = 32 * 1024 * 1024;
/// What a form adds around its file, at most.
const FORM: usize = 64 * 1024;
/// Time a file may take to arrive.
const DEADLINE: Duration = Duration::from_secs(55);
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    Csv,
    Xlsx,
}

/// A table of rows that somebody sends: CSV or XLSX.
pub struct Upload {
    pub bytes: Bytes,
    pub kind: FileKind,
    pub name: Option<String>,
    /// The encoding its type names: `text/csv; charset=euc-kr`.
    pub charset: Option<String>,
}

fn unsupported() -> Error {
    Error::new(
        Code::UnsupportedMediaType,
        Message::new(
            "CSV 또는 XLSX 파일을 보내세요. XLS 파일은 XLSX로 저장한 뒤 보내세요.",
            "Send a CSV or XLSX file. Save an XLS file as XLSX first.",
        ),
    )
}

fn kind_of_type(essence: &str) -> Option<FileKind> {
    match essence {
        "text/csv" | "application/csv" | "text/plain" => Some(FileKind::Csv),
        XLSX => Some(FileKind::Xlsx),
        _ => None,
    }
}

/// The parameter `charset` of a type.
fn charset_of(content_type: &str) -> Option<String> {
    let mut parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Some(value.trim().trim_matches('"').to_owned())
}

/// Browsers call a CSV file by the type of whatever program opens it: the ending says more.
fn kind_of_name(name: &str) -> Option<FileKind> {
    match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "csv" | "txt" | "tsv" => Some(FileKind::Csv),
        "xlsx" => Some(FileKind::Xlsx),
        _ => None,
    }
}

impl Argument for Upload {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Reading {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move { Ok(Box::new(Self::receive(&request, payload).await?) as Part) })
    }

    fn decode(part: Part) -> Result<Self, Failure> {
        whole(part)
    }
}

impl Upload {
    /// The SHA-256 of the file itself: a browser puts another boundary around it each time.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        digest(&self.bytes)
    }

    /// Receives a file.
    ///
    /// # Errors
    /// 400, 413, 415 and 422 as the body is.
    #[boxed(?Send)]
    pub async fn receive(request: &HttpRequest, payload: Payload) -> Result<Self> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence == "multipart/form-data" {
            let bytes = read_bytes(payload, FILE_LIMIT + FORM, DEADLINE).await?;
            remember_digest(request, &bytes);
            return of_form(bytes, &kind).await;
        }
        let charset = charset_of(&kind);
        let kind = kind_of_type(&essence).ok_or_else(unsupported)?;
        let bytes = read_bytes(payload, FILE_LIMIT, DEADLINE).await?;
        remember_digest(request, &bytes);
        Ok(Self { bytes, kind, name: None, charset })
    }
}

/// The part `file` of a form.
async fn of_form(bytes: Bytes, content_type: &str) -> Result<Upload> {
    let broken = |cause: multer::Error| {
        Error::unparseable(
            "body",
            "form",
            Message::new("multipart 양식이 올바르지 않습니다.", format!("is not a valid multipart form: {cause}")),
        )
    };
    let boundary = multer::parse_boundary(content_type).map_err(broken)?;
    let whole = futures_util::stream::once(async move { Ok::<_, Infallible>(bytes) });
    let mut form = multer::Multipart::new(whole, boundary);
    while let Some(part) = form.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            continue;
        }
        let name = part.file_name().map(|name| name.chars().filter(|c| !c.is_control()).take(255).collect::<String>());
        let of_type = part.content_type().and_then(|kind| kind_of_type(kind.essence_str()));
        let kind = match name.as_deref().filter(|name| name.contains('.')) {
            Some(name) => kind_of_name(name),
            None => of_type,
        };
        let kind = kind.ok_or_else(unsupported)?;
        let charset = part.content_type().and_then(|kind| kind.get_param("charset")).map(|charset| charset.to_string());
        return Ok(Upload { bytes: part.bytes().await.map_err(broken)?, kind, name, charset });
    }
    Err(Error::field("file", "required", "양식의 file 항목에 파일을 넣어 보내세요.", "is required: send the file as the form field `file`"))
}

impl Apiv2Schema for Upload {}

impl OperationModifier for Upload {
    fn update_parameter(op: &mut DefaultOperationRaw) {
        op.parameters.push(Either::Right(Parameter {
            in_: ParameterIn::Body,
            name: "body".into(),
            required: true,
            schema: Some(DefaultSchemaRaw {
                title: Some(format!("{MARK}{}", serde_json::json!({"x-upload": true}))),
                ..Default::default()
            }),
            ..Default::default()
        }));
    }
    fn update_definitions(_: &mut Defs) {}
}
