//! The settings there are. A setting that is not here does not exist: its type, its range and what it is without anybody
//! having set it stand in one place.

use serde_json::{Value, json};

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// Between the two, both included.
    Integer(i64, i64),
    Boolean,
    /// One line of at most so many characters.
    Text(usize),
    /// One of these words.
    Choice(&'static [&'static str]),
}

/// What it is when nobody set it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unset {
    Integer(i64),
    Boolean(bool),
    Text(&'static str),
}

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Declared {
    /// `category.name`.
    pub key: &'static str,
    pub kind: Kind,
    pub default: Unset,
    /// In the words of those who set it.
    pub description: &'static str,
    /// Tables whose rows were written by the value: while there are rows, they would mean something else under another one.
    pub fixed_by: &'static [&'static str],
}

pub const FISCAL_YEAR_START_MONTH: Declared = Declared {
    key: "accounting.fiscal_year_start_month",
    kind: Kind::Integer(1, 12),
    default: Unset::Integer(1),
    description: "회계연도가 시작하는 달 · the month the fiscal year begins",
    fixed_by: &["fim_journal_entries", "fim_budgets"],
};
pub const VAT_ROUNDING: Declared = Declared {
    key: "accounting.vat_rounding",
    kind: Kind::Choice(&["HALF_UP", "DOWN", "UP"]),
    default: Unset::Text("DOWN"),
    description: "부가세 끝수 처리 · how the fraction of a VAT amount is rounded",
    fixed_by: &[],
};
pub const VAT_BASIS: Declared = Declared {
    key: "accounting.vat_basis",
    kind: Kind::Choice(&["LINE", "DOCUMENT"]),
    default: Unset::Text("LINE"),
    description: "부가세 계산 단위 · whether VAT is computed by line or by document",
    fixed_by: &[],
};
pub const BUDGET_CONTROL: Declared = Declared {
    key: "accounting.budget_control",
    kind: Kind::Choice(&["NONE", "WARN", "BLOCK"]),
    default: Unset::Text("WARN"),
    description: "예산 초과 처리 · what happens when a budget is exceeded",
    fixed_by: &[],
};
pub const SALES_PAYMENT_TERM: Declared = Declared {
    key: "sales.payment_term",
    kind: Kind::Text(20),
    default: Unset::Text("NET30"),
    description: "판매 기본 결제 조건 코드 · code of the payment term of a sale that says none",
    fixed_by: &[],
};
pub const PROBABILITY_LEAD: Declared = Declared {
    key: "sales.probability_lead",
    kind: Kind::Integer(0, 100),
    default: Unset::Integer(10),
    description: "'리드' 단계의 수주 확률(%) · percent at which a deal in LEAD is won",
    fixed_by: &[],
};
pub const PROBABILITY_QUALIFIED: Declared = Declared {
    key: "sales.probability_qualified",
    kind: Kind::Integer(0, 100),
    default: Unset::Integer(25),
    description: "'검증' 단계의 수주 확률(%) · percent at which a deal in QUALIFIED is won",
    fixed_by: &[],
};
pub const PROBABILITY_PROPOSAL: Declared = Declared {
    key: "sales.probability_proposal",
    kind: Kind::Integer(0, 100),
    default: Unset::Integer(50),
    description: "'제안' 단계의 수주 확률(%) · percent at which a deal in PROPOSAL is won",
    fixed_by: &[],
};
pub const PROBABILITY_NEGOTIATION: Declared = Declared {
    key: "sales.probability_negotiation",
    kind: Kind::Integer(0, 100),
    default: Unset::Integer(75),
    description: "'협상' 단계의 수주 확률(%) · percent at which a deal in NEGOTIATION is won",
    fixed_by: &[],
};
pub const PROBABILITY_CLOSING: Declared = Declared {
    key: "sales.probability_closing",
    kind: Kind::Integer(0, 100),
    default: Unset::Integer(90),
    description: "'계약 진행' 단계의 수주 확률(%) · percent at which a deal in CLOSING is won",
    fixed_by: &[],
};
pub const PURCHASE_PAYMENT_TERM: Declared = Declared {
    key: "purchase.payment_term",
    kind: Kind::Text(20),
    default: Unset::Text("EONM"),
    description: "구매 기본 결제 조건 코드 · code of the payment term of a purchase that says none",
    fixed_by: &[],
};
pub const OVER_RECEIPT_PERCENT: Declared = Declared {
    key: "purchase.over_receipt_percent",
    kind: Kind::Integer(0, 100),
    default: Unset::Integer(0),
    description: "초과 입고 허용 비율(%) · how much more than ordered may be received",
    fixed_by: &[],
};
pub const NEGATIVE_STOCK: Declared = Declared {
    key: "stock.allow_negative",
    kind: Kind::Boolean,
    default: Unset::Boolean(false),
    description: "새 창고의 마이너스 재고 허용 · whether a new warehouse allows negative stock",
    fixed_by: &[],
};

/// All of them, as they are listed.
pub const ALL: [Declared; 13] = [
    FISCAL_YEAR_START_MONTH,
    VAT_ROUNDING,
    VAT_BASIS,
    BUDGET_CONTROL,
    SALES_PAYMENT_TERM,
    PROBABILITY_LEAD,
    PROBABILITY_QUALIFIED,
    PROBABILITY_PROPOSAL,
    PROBABILITY_NEGOTIATION,
    PROBABILITY_CLOSING,
    PURCHASE_PAYMENT_TERM,
    OVER_RECEIPT_PERCENT,
    NEGATIVE_STOCK,
];

impl Declared {
    #[must_use]
    pub fn of(key: &str) -> Option<&'static Self> {
        ALL.iter().find(|declared| declared.key == key)
    }

    /// Category and name: how it is kept.
    #[must_use]
    pub fn parts(&self) -> (&'static str, &'static str) {
        self.key.split_once('.').unwrap_or(("", self.key))
    }

    #[must_use]
    pub fn default_value(&self) -> Value {
        match self.default {
            Unset::Integer(number) => json!(number),
            Unset::Boolean(flag) => json!(flag),
            Unset::Text(text) => json!(text),
        }
    }

    /// The rule a value breaks, if it does.
    #[must_use]
    pub fn breaks(&self, value: &Value) -> Option<&'static str> {
        match self.kind {
            Kind::Integer(min, max) => match value.as_i64() {
                None => Some("type"),
                Some(number) => (!(min..=max).contains(&number)).then_some("range"),
            },
            Kind::Boolean => (!value.is_boolean()).then_some("type"),
            Kind::Text(max) => match value.as_str() {
                None => Some("type"),
                Some(text) if text.trim().is_empty() || text.chars().any(char::is_control) => Some("invalid"),
                Some(text) => (text.chars().count() > max).then_some("max_length"),
            },
            Kind::Choice(words) => match value.as_str() {
                None => Some("type"),
                Some(text) => (!words.contains(&text)).then_some("enum"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ALL, Declared};
    use serde_json::json;

    #[test]
    fn every_default_is_a_value_it_may_have() {
        for declared in ALL {
            assert_eq!(declared.breaks(&declared.default_value()), None, "{}", declared.key);
            assert!(declared.key.split('.').count() == 2, "{}", declared.key);
            assert_eq!(ALL.iter().filter(|other| other.key == declared.key).count(), 1);
        }
    }

    #[test]
    fn what_does_not_fit_says_why() {
        let breaks = |key: &str, value| Declared::of(key).unwrap().breaks(&value);
        for wrong in [json!("1"), json!(1.5), json!(true), json!(null), json!([1]), json!({})] {
            assert_eq!(breaks("accounting.fiscal_year_start_month", wrong.clone()), Some("type"), "{wrong}");
        }
        assert_eq!(breaks("accounting.fiscal_year_start_month", json!(13)), Some("range"));
        assert_eq!(breaks("accounting.vat_basis", json!("line")), Some("enum"));
        assert_eq!(breaks("sales.payment_term", json!(" ")), Some("invalid"));
        assert_eq!(breaks("sales.payment_term", json!("x".repeat(21))), Some("max_length"));
    }
}
