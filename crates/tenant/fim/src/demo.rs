//! What the demo company shows of money: the month before this one, from its opening entry to the revaluation of its last day. Everything
//! goes through what a caller's request goes through, so that its ledger verifies.

use crate::{
    invoices::{
        drafting,
        entity::{ActiveModel, Direction},
        issuing,
        line::Line,
    },
    open_items::{self, item::OpenItemKind, opening},
    payments::{
        Payments,
        entity::{self as payment, PaymentMethod, PaymentStatus, PaymentType},
        service::PaymentCompletion,
    },
    revaluations,
};
use auth::SystemDoor;
use crm::partner;
use kernel::{Currency, Day, Error, Memo, Money, Qty, Result, Text, boxed};
use ledger::{
    accounts::entity as account,
    journal::{
        document::{Side, line},
        draft::{Draft, DraftLine},
        entry::EntryType,
    },
    posting, provision,
    tax::TaxKind,
};
use resource::{Acting, Spec};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use std::collections::BTreeMap;
use store::Tx;
use uuid::Uuid;

fn known<T, E: std::fmt::Display>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(Error::internal)
}

fn whole(amount: i64) -> Result<Money> {
    Money::from_decimal(amount.into()).ok_or_else(|| Error::internal("too much money"))
}

/// An invoice: who, on which day, what, how many, at what price, posted to what.
struct Invoice(Direction, usize, u8, &'static str, i64, i64, &'static str);
use Direction::{Purchase, Sales};
const INVOICES: [Invoice; 9] = [
    Invoice(Purchase, 0, 2, "무선 키보드 모듈", 200, 32_000, "146"),
    Invoice(Sales, 0, 3, "무선 키보드 KB-100", 40, 65_000, "401"),
    Invoice(Sales, 1, 7, "매장 POS 단말기", 12, 450_000, "401"),
    Invoice(Purchase, 1, 10, "사무실 임차료", 1, 1_500_000, "819"),
    Invoice(Sales, 2, 12, "네트워크 구축 용역", 1, 3_200_000, "412"),
    Invoice(Purchase, 0, 16, "POS 부품", 60, 41_500, "146"),
    Invoice(Sales, 3, 18, "무선 키보드 KB-100", 25, 64_000, "401"),
    Invoice(Purchase, 1, 20, "회의실 모니터", 2, 780_000, "212"),
    Invoice(Sales, 0, 24, "마우스 MS-20", 100, 18_500, "401"),
];

/// An entry without a document: day, what for, and the accounts with debit and credit.
struct Entry(u8, &'static str, &'static [(&'static str, i64, i64)]);
const ENTRIES: [Entry; 8] = [
    Entry(
        1,
        "기초 재무상태",
        &[
            ("101", 1_000_000, 0),
            ("103", 80_000_000, 0),
            ("146", 25_000_000, 0),
            ("212", 12_000_000, 0),
            ("331", 0, 100_000_000),
            ("375", 0, 18_000_000),
        ],
    ),
    Entry(5, "현금 인출", &[("101", 500_000, 0), ("103", 0, 500_000)]),
    Entry(8, "사무용품 구입", &[("830", 86_000, 0), ("101", 0, 86_000)]),
    Entry(15, "출장 교통비", &[("812", 142_500, 0), ("101", 0, 142_500)]),
    Entry(25, "급여 지급", &[("801", 9_200_000, 0), ("254", 0, 1_012_000), ("103", 0, 8_188_000)]),
    Entry(26, "전기·통신 요금", &[("815", 318_400, 0), ("814", 121_000, 0), ("103", 0, 439_400)]),
    Entry(28, "감가상각", &[("818", 200_000, 0), ("213", 0, 200_000)]),
    Entry(28, "상품매출원가", &[("451", 7_450_000, 0), ("146", 0, 7_450_000)]),
];

/// Money that moved: type, who, day, how much. It settles what is due first; what is left is an advance.
struct Moved(PaymentType, usize, u8, i64);
const MOVED: [Moved; 6] = [
    Moved(PaymentType::Payment, 0, 17, 7_040_000),
    Moved(PaymentType::Payment, 1, 20, 1_650_000),
    Moved(PaymentType::Receipt, 0, 21, 2_860_000),
    Moved(PaymentType::Receipt, 1, 25, 3_000_000),
    Moved(PaymentType::Receipt, 2, 27, 3_520_000),
    Moved(PaymentType::Receipt, 5, 28, 1_000_000),
];

struct Books<'t> {
    tx: &'t Tx,
    first: Day,
    accounts: BTreeMap<String, Uuid>,
    customers: Vec<Uuid>,
    vendors: Vec<Uuid>,
}

impl Books<'_> {
    fn day(&self, day: u8) -> Day {
        Day(self.first.0.replace_day(day).unwrap_or(self.first.0))
    }

    fn account(&self, code: &str) -> Result<Uuid> {
        self.accounts.get(code).copied().ok_or_else(|| Error::internal(format!("no account {code}")))
    }

    fn partner(&self, is_customer: bool, at: usize) -> Result<Uuid> {
        let all = if is_customer { &self.customers } else { &self.vendors };
        all.get(at).copied().ok_or_else(|| Error::internal("the demo has too few partners"))
    }

    async fn invoice(&self, invoice: &Invoice, currency: &str, tax: TaxKind) -> Result<()> {
        let Invoice(direction, who, day, name, quantity, price, code) = *invoice;
        let line = Line {
            product_code: None,
            product_name: known(Text::parse(name))?,
            product_spec: None,
            unit: None,
            quantity: Qty::from_decimal(quantity.into()).ok_or_else(|| Error::internal("too many"))?,
            unit_price: whole(price)?,
            tax_kind: Some(tax),
            supply_amount: None,
            tax_amount: None,
            total_amount: None,
            remark: None,
            account_id: Some(self.account(code)?),
            is_fixed_asset: None,
            non_deductible_reason: None,
        };
        let wanted = ActiveModel {
            direction: Set(direction),
            invoice_date: Set(self.day(day)),
            partner_id: Set(self.partner(direction == Sales, who)?),
            currency_code: Set(known(Currency::parse(currency))?),
            ..Default::default()
        };
        let draft = drafting::bare(self.tx, wanted, vec![line]).await?;
        issuing::issue_locked(self.tx, "fim.invoices.issue", draft, self.day(day)).await.map(|_| ())
    }

    async fn entry(&self, entry: &Entry) -> Result<()> {
        let mut lines: Vec<DraftLine> = Vec::with_capacity(entry.2.len());
        for (code, debit, credit) in entry.2 {
            let amount = whole(debit + credit)?;
            lines.push(line(self.account(code)?, Side::debit_if(*debit > 0), amount, amount, None));
        }
        let draft = Draft { description: Memo::parse(entry.1).ok(), lines, ..Draft::on(EntryType::General, self.day(entry.0)) };
        let drafted = posting::draft(self.tx, None, &draft).await?;
        posting::post(self.tx, drafted).await.map(|_| ())
    }

    async fn money(&self, moved: &Moved) -> Result<()> {
        let Moved(transaction_type, who, day, amount) = *moved;
        let row = payment::ActiveModel {
            transaction_date: Set(self.day(day)),
            transaction_type: Set(transaction_type),
            payment_method: Set(PaymentMethod::BankTransfer),
            partner_id: Set(self.partner(transaction_type == PaymentType::Receipt, who)?),
            account_id: Set(self.account("103")?),
            amount: Set(whole(amount)?),
            currency: Set(known(Currency::parse("KRW"))?),
            status: Set(PaymentStatus::Pending),
            ..Default::default()
        };
        let made = self.tx.insert(&row).await?;
        let cx = Acting::platform(self.tx, "fim.payments.complete", self.day(day));
        let completion = PaymentCompletion { allocations: None, auto: Some(true) };
        resource::perform(&cx, Spec::of::<Payments>()?, "complete", made.id, &completion).await
    }

    /// What was owed before the company began here.
    async fn owed(&self, kind: OpenItemKind, who: usize, no: &str, currency: &str, amount: i64) -> Result<()> {
        let wanted = open_items::Create {
            kind,
            partner_id: self.partner(kind == OpenItemKind::Receivable, who)?,
            doc_no: Some(known(Text::parse(no))?),
            doc_date: self.first,
            due_date: self.day(28),
            currency: Some(known(Currency::parse(currency))?),
            exchange_rate: None,
            amount: whole(amount)?,
        };
        opening::begin(self.tx, &wanted).await.map(|_| ())
    }
}

async fn partners(tx: &Tx, of: partner::PartnerType) -> Result<Vec<Uuid>> {
    let find = tx.find::<partner::Entity>().filter(partner::Column::Type.eq(of)).filter(partner::Column::BizNo.is_not_null());
    Ok(find.order_by_asc(partner::Column::Code).all().await?.into_iter().map(|row| row.id).collect())
}

/// A month of business. The rates of its days, its partners and the company's headquarters are there already.
#[boxed(?Send)]
pub async fn month(door: &SystemDoor, first: Day, last: Day) -> Result<()> {
    provision::chart_and_periods(door, &[first, last]).await?;
    door.write(async |tx| {
        let accounts = tx.find::<account::Entity>().all().await?;
        let books = Books {
            tx,
            first,
            accounts: accounts.into_iter().map(|row| (row.account_code.to_string(), row.id)).collect(),
            customers: partners(tx, partner::PartnerType::Customer).await?,
            vendors: partners(tx, partner::PartnerType::Supplier).await?,
        };
        books.owed(OpenItemKind::Receivable, 4, "이월-1", "KRW", 5_500_000).await?;
        books.owed(OpenItemKind::Payable, 0, "이월-2", "KRW", 2_200_000).await?;
        for day in 1..=28 {
            for entry in ENTRIES.iter().filter(|entry| entry.0 == day) {
                books.entry(entry).await?;
            }
            for invoice in INVOICES.iter().filter(|invoice| invoice.2 == day) {
                books.invoice(invoice, "KRW", TaxKind::Taxable).await?;
            }
            for moved in MOVED.iter().filter(|moved| moved.2 == day) {
                books.money(moved).await?;
            }
        }
        // sold for dollars against a letter of credit: at the rate of its day, and at that of the month's last
        books.invoice(&Invoice(Sales, 5, 19, "정밀 금형 부품", 40, 300, "401"), "USD", TaxKind::ZeroRated).await?;
        revaluations::service::revalue(tx, "fim.revaluations.create", last).await.map(|_| ())
    })
    .await
}
