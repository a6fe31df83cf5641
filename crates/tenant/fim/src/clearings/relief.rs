//! 대손세액공제 (부가가치세법 §45): the tax of a sale that will not be paid any more comes off the output tax of the period it is written off in;
//! what is asked for again after all goes back on.

use super::service::too_large;
use crate::{
    invoices::{
        entity::{self as invoice, Direction},
        left::{self, Left},
    },
    open_items::{allocation, item, shares::misfit},
};
use kernel::{Day, Money, MoneySum, Result};
use ledger::tax::{Rounding, TaxKind, share};
use sea_orm::{ColumnTrait, QueryFilter};
use store::Tx;
use time::Month;

/// Years after the supply in which a claim must have failed.
const YEARS: i32 = 10;

/// The day the last return is due that may deduct the tax of a supply: that of the tax period in which the years are over, on the 25th
/// of the month after it (부가가치세법 시행령 §87②).
fn last_day(supplied: Day) -> Option<Day> {
    let year = supplied.0.year() + YEARS;
    let first_half = u8::from(supplied.0.month()) <= 6;
    let (year, month) = if first_half { (year, Month::July) } else { (year + 1, Month::January) };
    time::Date::from_calendar_date(year, month, 25).ok().map(Day)
}

/// Tax that comes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relief {
    /// In the currency of the item.
    pub(super) amount: Money,
    /// In the base currency, and in the return.
    pub(super) base: Money,
}

/// The output tax in what was cleared of the `at`th item. `places` are those of its currency and of the base currency.
///
/// # Errors
/// 422 on `items.<at>.item_id` when it is no sale with tax in it, or too old.
pub(super) async fn tax_in(tx: &Tx, at: usize, item: &item::Model, part: &allocation::Model, places: (u32, u32)) -> Result<Relief> {
    let none = |rule, ko, en| misfit("items", at, rule, ko, en);
    let find = tx.find::<invoice::Entity>().filter(invoice::Column::Id.eq(item.doc_id)).one().await?;
    let sale = find.filter(|row| row.direction == Direction::Sales && !item.amount.is_negative());
    let sale =
        sale.ok_or_else(|| none("invoice", "매출 세금계산서의 채권이어야 합니다.", "must be a receivable of a sales tax invoice"))?;
    if last_day(sale.invoice_date).is_none_or(|last| part.allocated_on > last) {
        return Err(none("date", "공급일부터 10년이 지나 공제할 수 없습니다.", "must be of a supply within the last ten years"));
    }
    // what amendments took away is no part of the claim any more, and its tax neither
    let left = Left::of(tx, &sale).await?;
    let relieved = left::relieved(tx, item.id).await?;
    let tax = left.rest(TaxKind::Taxable, |line| line.tax_amount);
    let base_tax = left.rest(TaxKind::Taxable, |line| line.base_tax_amount);
    let claim = left.total(|line| line.total_amount);
    let base_claim = left.total(|line| line.base_supply_amount) + left.total(|line| line.base_tax_amount);
    let no_tax = || none("tax_kind", "공제할 세액이 없는 항목입니다.", "contains no tax that can be deducted");
    let positive = |sum: MoneySum| sum.money().filter(|amount| amount.0 > 0).ok_or_else(no_tax);
    // together no more than there is
    let most = |tax: MoneySum, relieved: Money| positive(tax - relieved.into());
    let most_amount = most(tax, left.relieved(relieved, places.0).ok_or_else(too_large)?)?;
    let most_base = most(base_tax, relieved.money().ok_or_else(too_large)?)?;
    let amount = share(positive(tax)?, part.amount, positive(claim)?, places.0, Rounding::Down).ok_or_else(too_large)?.min(most_amount);
    let base = share(positive(base_tax)?, part.base_amount, positive(base_claim)?, places.1, Rounding::Down);
    let base = base.ok_or_else(too_large)?.min(most_base);
    if amount == Money::ZERO || base == Money::ZERO {
        return Err(no_tax());
    }
    Ok(Relief { amount, base })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tax_comes_with_its_part_and_parts_come_to_no_more() {
        let won = |amount: i64| Money(amount * 10_000);
        let of = |part| share(won(10_000), won(part), won(110_000), 0, Rounding::Down).unwrap();
        assert_eq!([of(110_000), of(55_000), of(1_000), of(10)], [won(10_000), won(5_000), won(90), won(0)]);
        // a third of the supply is exempt
        assert_eq!(share(won(10_000), won(80_000), won(160_000), 0, Rounding::Down).unwrap(), won(5_000));
    }

    #[test]
    fn ten_years_end_with_the_return_of_their_period() {
        let last = |text| last_day(Day::parse(text).unwrap()).unwrap().to_string();
        assert_eq!(
            [last("2016-01-01"), last("2016-06-30"), last("2016-07-01"), last("2016-12-31")],
            ["2026-07-25", "2026-07-25", "2027-01-25", "2027-01-25"]
        );
    }
}
