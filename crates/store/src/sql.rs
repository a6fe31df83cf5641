use sea_orm::{DbBackend, Statement, Value};

/// A statement that grows from left to right, values always bound, never written in.
///
/// The generic code of this crate knows its tables at run time only; a text with
/// numbered parameters is cheaper to build, and easier to read in a log, than a syntax
/// tree.
#[derive(Clone, Debug, Default)]
pub struct Sql {
    text: String,
    values: Vec<Value>,
    /// Where in the text each parameter stands.
    places: Vec<usize>,
}

impl Sql {
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut sql = Self::default();
        sql.push(text);
        sql
    }

    /// Adds text: keywords and identifiers from the code, never anything a caller sent.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a parameter.
    pub fn bind(&mut self, value: impl Into<Value>) -> &mut Self {
        self.values.push(value.into());
        self.places.push(self.text.len());
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// Adds a list of parameters: `$1, $2, $3`.
    pub fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        for (i, value) in values.into_iter().enumerate() {
            if i > 0 {
                self.push(", ");
            }
            self.bind(value);
        }
        self
    }

    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_statement(self, backend: DbBackend) -> Statement {
        let text = if backend == DbBackend::Sqlite { self.without_names() } else { self.text };
        Statement::from_sql_and_values(backend, text, self.values)
    }

    /// With `?` for each parameter. To SQLite `$1` is a name, and each value's is looked for among all of them: with the ten thousand of an
    /// import that was three quarters of its time.
    fn without_names(&self) -> String {
        let mut text = String::with_capacity(self.text.len());
        let mut from = 0;
        for place in &self.places {
            text.push_str(&self.text[from..*place]);
            text.push('?');
            let digits = self.text[place + 1..].bytes().take_while(u8::is_ascii_digit).count();
            from = place + 1 + digits;
        }
        text.push_str(&self.text[from..]);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Sql;

    #[test]
    fn parameters_are_numbered_in_order() {
        let mut sql = Sql::new("SELECT 1 WHERE a = ");
        sql.bind(1).push(" AND b IN (").bind_all([2.into(), 3.into()]).push(")");
        assert_eq!(sql.text(), "SELECT 1 WHERE a = $1 AND b IN ($2, $3)");
        assert_eq!(sql.without_names(), "SELECT 1 WHERE a = ? AND b IN (?, ?)");
    }
}
