//! How the verbs of a plain resource stand in the document.

use crate::{Deleted, Resource, Spec, bulk, handlers::FileReply, list::MAX_PAGE, spec::RangeKind};
use actix_web::http::StatusCode;
use auth::{Demand, needs};
use envelope::{Api, Body, RowId, TypeDoc, filters_of, parameter, web::Description};
use paperclip::v2::models::DefaultOperationRaw;
use serde_json::json;

/// What the document says of a resource's types.
pub(crate) struct Types {
    many: &'static str,
    one: &'static str,
    spec: Option<&'static Spec>,
    view: TypeDoc,
    create: TypeDoc,
    update: TypeDoc,
    filter: TypeDoc,
}

impl Types {
    pub fn of<R: Resource>() -> Self {
        Self {
            many: R::NAME,
            one: R::NOUN,
            spec: Spec::of::<R>().ok(),
            view: TypeDoc::of::<R::View>(),
            create: TypeDoc::of::<R::Create>(),
            update: TypeDoc::of::<R::Update>(),
            filter: TypeDoc::of::<R::Filter>(),
        }
    }

    /// An operation; `{many}` and `{one}` are the resource's words.
    pub fn operation(&self, summary: &str, demand: Demand) -> Description {
        let summary = summary.replace("{many}", &self.many.replace('-', " ")).replace("{one}", &self.one.replace('_', " "));
        needs(Description::new(summary), demand)
    }

    pub fn list(&self, demand: Demand) -> Description {
        let mut made = self.operation("List {many}", demand);
        let op = &mut made.operation;
        op.parameters.push(parameter("page", "integer", "From 1.", &json!({"minimum": 1, "maximum": MAX_PAGE, "default": 1})));
        op.parameters.push(parameter("page_size", "integer", "Rows a page.", &json!({"minimum": 1, "maximum": 100, "default": 20})));
        op.parameters.push(parameter("cursor", "string", "next_cursor of the page before: walks a list of any length.", &json!({})));
        op.parameters.push(parameter("total", "boolean", "false leaves the count out.", &json!({"default": true})));
        self.filters(op);
        made.answers_page(self.view)
    }

    pub fn get(&self, demand: Demand) -> Description {
        self.operation("Get one {one}", demand).takes::<RowId>().answers(StatusCode::OK, self.view)
    }

    pub fn create(&self, demand: Demand) -> Description {
        self.operation("Create one {one}", demand).body(self.create).answers(StatusCode::CREATED, self.view)
    }

    pub fn update(&self, demand: Demand) -> Description {
        self.operation("Change one {one}", demand).takes::<RowId>().body(self.update).answers(StatusCode::OK, self.view)
    }

    pub fn delete(&self, demand: Demand) -> Description {
        self.operation("Delete one {one}", demand).takes::<RowId>().answers(StatusCode::OK, TypeDoc::of::<Deleted>())
    }

    pub fn bulk(&self, demand: Demand) -> Description {
        let made = self.operation("Create, change and delete many {many}", demand);
        made.takes::<Body<bulk::Bulk>>().gives::<Api<bulk::BulkResult>>()
    }

    pub fn export(&self, demand: Demand) -> Description {
        let mut made = self.operation("Export {many} as CSV or XLSX", demand);
        let formats = json!({"enum": ["csv", "xlsx"], "default": "csv"});
        made.operation.parameters.push(parameter("format", "string", "csv (UTF-8 with BOM) or xlsx.", &formats));
        let headings = json!({"enum": ["names", "titles"], "default": "names"});
        let text = "The fields' names, or what people call them in the language of the request.";
        made.operation.parameters.push(parameter("headings", "string", text, &headings));
        self.filters(&mut made.operation);
        made.gives::<FileReply>()
    }

    /// Sorting, searching, ranges and filters of a list.
    fn filters(&self, op: &mut DefaultOperationRaw) {
        let columns: Vec<&str> = self.spec.map(Spec::sorts).into_iter().flatten().collect();
        if !columns.is_empty() {
            let both: Vec<String> = columns.iter().flat_map(|column| [(*column).to_owned(), format!("-{column}")]).collect();
            let text = if columns[0] == "created_at" {
                "`-` in front for descending. Newest first without."
            } else {
                "`-` in front for descending."
            };
            let keywords = json!({"items": {"type": "string", "enum": both}, "minItems": 1, "maxItems": columns.len()});
            op.parameters.push(parameter("sort", "array", text, &keywords));
        }
        let searched = self.spec.map(|spec| spec.search.join(", ")).unwrap_or_default();
        if !searched.is_empty() {
            op.parameters.push(parameter("search", "string", &format!("Looks in {searched}, in any case."), &json!({"maxLength": 200})));
        }
        for (column, kind) in self.spec.map(|spec| spec.ranges.as_slice()).unwrap_or_default() {
            let (ends, keywords) = match kind {
                RangeKind::Time => (["from", "to"], json!({"format": "date-time"})),
                RangeKind::Day => (["from", "to"], json!({"format": "date"})),
                RangeKind::Amount => (["min", "max"], json!({"format": "decimal4"})),
                RangeKind::Integer => (["min", "max"], json!({"format": "int64"})),
            };
            let kind = if *kind == RangeKind::Integer { "integer" } else { "string" };
            for end in ends {
                let text = if end == "to" { "The end, exclusive." } else { "Inclusive." };
                op.parameters.push(parameter(&format!("{column}_{end}"), kind, text, &keywords));
            }
        }
        let may_be_empty = |name: &str| self.spec.is_some_and(|spec| spec.empty(name).is_some());
        op.parameters.extend(filters_of(self.filter, &may_be_empty));
    }
}
