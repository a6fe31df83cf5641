//! How the verbs of a plain resource stand in the document.

use crate::{Action, Deleted, Resource, Spec, bulk, handlers::FileReply, list::MAX_PAGE, spec::RangeKind};
use actix_web::http::StatusCode;
use auth::{Demand, needs};
use envelope::{Api, Body, RowId, TypeDoc, filters_of, openapi::RANGE, parameter, web::Description};
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

    /// An operation; in its summary `{many}` and `{one}` are the resource's words.
    pub fn operation(&self, summary: &str, text: &str, demand: Demand) -> Description {
        let summary = summary.replace("{many}", &self.many.replace('-', " ")).replace("{one}", &self.one.replace('_', " "));
        let mut made = Description::new(summary);
        made.operation.description = Some(text.to_owned());
        needs(made, demand)
    }

    pub fn list(&self, demand: Demand) -> Description {
        let mut made = self.operation("List {many}", &self.spec.map(list_text).unwrap_or_default(), demand);
        let op = &mut made.operation;
        op.parameters.push(parameter("page", "integer", "From 1.", &json!({"minimum": 1, "maximum": MAX_PAGE, "default": 1})));
        op.parameters.push(parameter("page_size", "integer", "Rows a page.", &json!({"minimum": 1, "maximum": 100, "default": 20})));
        op.parameters.push(parameter("cursor", "string", "next_cursor of the page before: walks a list of any length.", &json!({})));
        op.parameters.push(parameter("total", "boolean", "false leaves the count out.", &json!({"default": true})));
        self.filters(op);
        made.answers_page(self.view)
    }

    pub fn get(&self, demand: Demand) -> Description {
        let text = match self.lines() {
            None => "Answers the row and, as `ETag`, its version.".to_owned(),
            Some(lines) => format!("Answers the row with its {lines} and, as `ETag`, its version."),
        };
        self.operation("Get one {one}", &text, demand).takes::<RowId>().answers(StatusCode::OK, self.view)
    }

    pub fn create(&self, demand: Demand) -> Description {
        let text = self.spec.map(create_text).unwrap_or_default();
        self.operation("Create one {one}", &text, demand).body(self.create).answers(StatusCode::CREATED, self.view)
    }

    pub fn update(&self, demand: Demand) -> Description {
        let mut text = "A merge patch: what is left out stays, `null` empties. 412 where `If-Match` is outdated.".to_owned();
        if let Some(lines) = self.lines() {
            text += &format!(" Where {lines} are sent, they are the whole set.");
        }
        self.operation("Change one {one}", &text, demand).takes::<RowId>().body(self.update).answers(StatusCode::OK, self.view)
    }

    pub fn delete(&self, demand: Demand) -> Description {
        let text = "Soft: the audit log keeps what it was. 409 while other rows refer to it.";
        self.operation("Delete one {one}", text, demand).takes::<RowId>().answers(StatusCode::OK, TypeDoc::of::<Deleted>())
    }

    pub fn bulk(&self, demand: Demand) -> Description {
        let text = "1 to 500 items, each on its own or, with `atomic`, all or nothing.";
        let made = self.operation("Create, change and delete many {many}", text, demand);
        made.takes::<Body<bulk::Bulk>>().gives::<Api<bulk::BulkResult>>()
    }

    pub fn export(&self, demand: Demand) -> Description {
        let text = "The rows of the list as CSV, or as XLSX with 1,048,575 rows at most.";
        let mut made = self.operation("Export {many} as CSV or XLSX", text, demand);
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
            let keywords = json!({"items": {"type": "string", "enum": both}, "minItems": 1, "maxItems": columns.len()});
            op.parameters.push(parameter("sort", "array", "`-` in front: descending.", &keywords));
        }
        if self.spec.is_some_and(|spec| !spec.search.is_empty()) {
            let text = "A part of a text, in any case. The list says where it is looked for.";
            op.parameters.push(parameter("search", "string", text, &json!({"maxLength": 200})));
        }
        for (column, kind) in self.spec.map(|spec| spec.ranges.as_slice()).unwrap_or_default() {
            let (ends, mut keywords) = match kind {
                RangeKind::Time => (["from", "to"], json!({"format": "date-time"})),
                RangeKind::Day => (["from", "to"], json!({"format": "date"})),
                RangeKind::Amount => (["min", "max"], json!({"format": "decimal4"})),
                RangeKind::Integer => (["min", "max"], json!({"format": "int64"})),
            };
            let kind = if *kind == RangeKind::Integer { "integer" } else { "string" };
            for end in ends {
                let text = if end == "to" { "The end, exclusive." } else { "Inclusive." };
                keywords[RANGE] = json!({"of": column, "end": end});
                op.parameters.push(parameter(&format!("{column}_{end}"), kind, text, &keywords));
            }
        }
        let may_be_empty = |name: &str| self.spec.is_some_and(|spec| spec.empty(name).is_some());
        op.parameters.extend(filters_of(self.filter, &may_be_empty));
    }

    /// The fields of the lines that are written and shown with a row, in words.
    fn lines(&self) -> Option<String> {
        let fields = self.spec?.line_fields().ok()?;
        (!fields.is_empty()).then(|| listed(&fields, "and"))
    }
}

fn list_text(spec: &Spec) -> String {
    let sorts: Vec<&str> = spec.sorts().collect();
    let mut text = match sorts.as_slice() {
        [] => "Newest first.".to_owned(),
        sorts => format!("Newest first, or by {} (`sort`).", listed(sorts, "or")),
    };
    if !spec.search.is_empty() {
        text += &format!(" `search` looks in {}.", listed(&spec.search, "and"));
    }
    text + " 20 rows a page, 100 at most."
}

fn create_text(spec: &Spec) -> String {
    let mut text = String::new();
    if let Some((column, prefix)) = spec.numbered {
        text += &format!("Without `{column}` it gets the next number, such as {prefix}000001. ");
    }
    if spec.running_no {
        text += "`no` counts on in the company. ";
    }
    text + "Done once for one `Idempotency-Key`; with `dry_run` it is checked only."
}

/// What an action's summary does not say: its states, its event, what it asks for.
pub(crate) fn action_text(spec: &Spec, action: &Action) -> String {
    let mut text = String::new();
    if spec.state.is_some() {
        let from = if action.from.is_empty() { "any state".to_owned() } else { listed(&action.from, "or") };
        text += &match &action.to {
            Some(to) => format!("From {from} to {to}."),
            None => format!("In {from}."),
        };
        let done: Vec<&String> = action.to.iter().chain(&action.already).collect();
        if !done.is_empty() {
            text += &format!(" Nothing is done where it is {} already.", listed(&done, "or"));
        }
        text += " ";
    }
    text += &format!("Leaves an audit row and the event `{}`.", spec.event(action.event));
    if action.step_up {
        text += " Asks for a second factor of the last ten minutes.";
    }
    if action.in_department {
        text += " A right for the department, or for one above it, is enough.";
    }
    text
}

/// `a, b and c`.
fn listed(words: &[impl AsRef<str>], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [front @ .., end] => {
            let front: Vec<&str> = front.iter().map(AsRef::as_ref).collect();
            format!("{} {last} {}", front.join(", "), end.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn words_are_listed_as_in_a_sentence() {
        assert_eq!(listed(&["a"], "or"), "a");
        assert_eq!(listed(&["a", "b", "c"], "and"), "a, b and c");
    }
}
