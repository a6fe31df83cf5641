//! The masters a company is born with. A code that lives already is left as it is.

use super::{codes::GROUPS, known};
use crate::{
    code_groups, codes, currencies, fractions,
    payment_terms::{self, DueRule},
    unit_conversions,
    units::{self, UnitType},
};
use auth::SystemDoor;
use kernel::{CodeText, Currency, Result, Text, boxed};
use sea_orm::ActiveValue::Set;
use store::{Tx, new_id};
use tenancy::TenantContext;

/// Code, name, symbol, digits behind the point.
const CURRENCIES: [(&str, &str, &str, i32); 5] = [
    ("KRW", "대한민국 원", "₩", 0),
    ("USD", "미국 달러", "$", 2),
    ("EUR", "유로", "€", 2),
    ("JPY", "일본 엔", "¥", 0),
    ("CNY", "중국 위안", "元", 2),
];

/// Code, name, type, digits behind the point, base of its type.
const UNITS: [(&str, &str, UnitType, i32, bool); 9] = [
    ("EA", "개", UnitType::Count, 0, true),
    ("BOX", "박스", UnitType::Count, 0, false),
    ("KG", "킬로그램", UnitType::Weight, 4, true),
    ("G", "그램", UnitType::Weight, 2, false),
    ("M", "미터", UnitType::Length, 4, true),
    ("CM", "센티미터", UnitType::Length, 2, false),
    ("L", "리터", UnitType::Volume, 4, true),
    ("ML", "밀리리터", UnitType::Volume, 2, false),
    ("HOUR", "시간", UnitType::Time, 2, true),
];

/// One of the first is so many of the second. What a box holds is another matter for every product.
const CONVERSIONS: [(&str, &str, i64); 3] = [("KG", "G", 1000), ("M", "CM", 100), ("L", "ML", 1000)];

/// Code, name, rule, months, days.
const TERMS: [(&str, &str, DueRule, i32, i32); 4] = [
    ("CASH", "현금", DueRule::Days, 0, 0),
    ("NET30", "30일", DueRule::Days, 0, 30),
    ("EOM", "말일", DueRule::EndOfMonth, 0, 0),
    ("EONM", "익월말", DueRule::EndOfMonth, 1, 0),
];

/// Currencies, units and their conversions, payment terms, common codes.
#[boxed(?Send)]
pub async fn masters(door: &SystemDoor, company: &TenantContext) -> Result<()> {
    door.write(async |tx| {
        money(tx, &known(Currency::parse(&company.currency))?).await?;
        measures(tx).await?;
        terms(tx).await?;
        common_codes(tx).await
    })
    .await
}

fn order(at: usize) -> i32 {
    i32::try_from(at + 1).unwrap_or(i32::MAX)
}

async fn money(tx: &Tx, base: &Currency) -> Result<()> {
    let there = tx.find::<currencies::Entity>().all().await?;
    let mut wanted = CURRENCIES.to_vec();
    if !wanted.iter().any(|(code, ..)| **base == **code) {
        wanted.push((base, base, base, 2));
    }
    let has_base = there.iter().any(|row| row.is_base);
    for (at, (code, name, symbol, places)) in wanted.into_iter().enumerate() {
        if there.iter().any(|row| *row.code == *code) {
            continue;
        }
        let row = currencies::ActiveModel {
            code: Set(known(Currency::parse(code))?),
            name: Set(known(Text::parse(name))?),
            symbol: Set(Some(known(Text::parse(symbol))?)),
            decimal_places: Set(places),
            is_base: Set(!has_base && **base == *code),
            is_active: Set(true),
            sort_order: Set(order(at)),
            ..Default::default()
        };
        tx.insert(&row).await?;
    }
    Ok(())
}

async fn measures(tx: &Tx) -> Result<()> {
    let mut there = tx.find::<units::Entity>().all().await?;
    for (at, (code, name, unit_type, places, is_base)) in UNITS.into_iter().enumerate() {
        if there.iter().any(|row| *row.code == *code) {
            continue;
        }
        let row = units::ActiveModel {
            id: Set(new_id()),
            code: Set(known(CodeText::parse(code))?),
            name: Set(known(Text::parse(name))?),
            unit_type: Set(unit_type),
            decimal_places: Set(places),
            is_base: Set(is_base && !there.iter().any(|row| row.unit_type == unit_type && row.is_base)),
            is_active: Set(true),
            sort_order: Set(order(at)),
            ..Default::default()
        };
        let made = tx.insert(&row).await?;
        there.push(made);
    }
    let mut joined = unit_conversions::known(tx, None).await?;
    for (from, to, numerator) in CONVERSIONS {
        let of = |code: &str| there.iter().find(|row| *row.code == *code);
        let (Some(from), Some(to)) = (of(from), of(to)) else { continue };
        let Some(fraction) = fractions::Fraction::new(numerator, 1) else { continue };
        // the company may have joined them in its own way, or made the code a unit of another type
        if from.unit_type != to.unit_type || fractions::between(&joined, from.id, to.id).is_some() {
            continue;
        }
        let row = unit_conversions::ActiveModel {
            from_unit_id: Set(from.id),
            to_unit_id: Set(to.id),
            numerator: Set(numerator),
            denominator: Set(1),
            ..Default::default()
        };
        tx.insert(&row).await?;
        joined.push((from.id, to.id, fraction));
    }
    Ok(())
}

async fn terms(tx: &Tx) -> Result<()> {
    let there = tx.find::<payment_terms::Entity>().all().await?;
    for (code, name, due_rule, months, days) in TERMS {
        if there.iter().any(|row| *row.code == *code) {
            continue;
        }
        let row = payment_terms::ActiveModel {
            code: Set(known(CodeText::parse(code))?),
            name: Set(known(Text::parse(name))?),
            due_rule: Set(due_rule),
            months: Set(months),
            days: Set(days),
            is_active: Set(true),
            ..Default::default()
        };
        tx.insert(&row).await?;
    }
    Ok(())
}

async fn common_codes(tx: &Tx) -> Result<()> {
    let groups = tx.find::<code_groups::Entity>().all().await?;
    let there = tx.find::<codes::Entity>().all().await?;
    for (at, group) in GROUPS.iter().enumerate() {
        let id = if let Some(row) = groups.iter().find(|row| *row.code == *group.code) {
            row.id
        } else {
            let row = code_groups::ActiveModel {
                id: Set(new_id()),
                code: Set(known(CodeText::parse(group.code))?),
                name: Set(known(Text::parse(group.name))?),
                is_system: Set(group.is_system),
                is_active: Set(true),
                sort_order: Set(order(at)),
                ..Default::default()
            };
            tx.insert(&row).await?.id
        };
        let missing = |code: &str| !there.iter().any(|row| row.group_id == id && *row.code == *code);
        for (at, (code, name)) in group.codes.iter().enumerate().filter(|(_, (code, _))| missing(code)) {
            let row = codes::ActiveModel {
                group_id: Set(id),
                code: Set(known(CodeText::parse(code))?),
                name: Set(known(Text::parse(name))?),
                is_system: Set(group.is_system),
                is_active: Set(true),
                sort_order: Set(order(at)),
                ..Default::default()
            };
            tx.insert(&row).await?;
        }
    }
    Ok(())
}
