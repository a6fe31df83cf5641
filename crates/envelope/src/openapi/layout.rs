//! The document as text: what fits in a line stands in one, so that a change of it is a change of few lines, and half of it is not blanks.

use serde_json::Value;

const WIDTH: usize = 140;

/// A document as it lies in the repository.
#[must_use]
pub fn text(document: &Value) -> String {
    let mut out = String::new();
    write(&mut out, document, 0, 0);
    out + "\n"
}

/// `before` is what stands in the line already, besides its indent.
fn write(out: &mut String, value: &Value, indent: usize, before: usize) {
    let line = value.to_string();
    if line.len() + indent + before <= WIDTH {
        out.push_str(&line);
        return;
    }
    let inner = indent + 2;
    let begin = |out: &mut String, is_first: bool, bracket: &str| {
        out.push_str(if is_first { bracket } else { "," });
        out.push('\n');
        out.push_str(&" ".repeat(inner));
    };
    let close = match value {
        Value::Object(fields) => {
            for (at, (name, value)) in fields.iter().enumerate() {
                begin(out, at == 0, "{");
                let name = format!("{}: ", Value::from(name.as_str()));
                out.push_str(&name);
                write(out, value, inner, name.len());
            }
            '}'
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                begin(out, at == 0, "[");
                write(out, item, inner, 0);
            }
            ']'
        }
        _ => {
            out.push_str(&line);
            return;
        }
    };
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::text;
    use serde_json::{Value, json};

    #[test]
    fn what_is_short_stands_in_a_line() {
        let long = "x".repeat(130);
        let document = json!({"short": [1, {"a": null}], "empty": {}, "long": {"one": long, "two": [long, "y"]}});
        let written = text(&document);
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), document);
        let begin =
            format!("{{\n  \"short\": [1,{{\"a\":null}}],\n  \"empty\": {{}},\n  \"long\": {{\n    \"one\": \"{long}\",\n    \"two\": [\n");
        assert!(written.starts_with(&begin) && written.ends_with("\n    ]\n  }\n}\n"), "{written}");
    }
}
