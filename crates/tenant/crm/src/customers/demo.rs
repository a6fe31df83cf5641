//! The customers of the demo company, and whom it talks to there.

use super::{
    addresses,
    entity::{self, BizType, PartnerType, PaymentTerms},
};
use crate::contacts as contact;
use auth::SystemDoor;
use kernel::{BizNo, CodeText, Email, Error, Money, Phone, Result, Text};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter};
use store::Tx;

/// Name, business number, representative, 업태, 종목, address, telephone, credit in ten thousands of won, and two people.
type Customer = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str, &'static str, i64, [&'static str; 2]);
const CUSTOMERS: [Customer; 12] = [
    (
        "주식회사 나래전자",
        "2148101230",
        "박나래",
        "제조업",
        "전자부품",
        "서울 금천구 가산디지털1로 168",
        "02-2026-1100",
        10_000,
        ["이서연", "최민준"],
    ),
    (
        "한솔유통 주식회사",
        "1208145671",
        "한솔",
        "도소매업",
        "생활용품",
        "서울 송파구 송파대로 167",
        "02-3400-2210",
        20_000,
        ["김도윤", "정하은"],
    ),
    (
        "미래건설(주)",
        "1298177204",
        "오민재",
        "건설업",
        "건축공사",
        "경기 성남시 분당구 판교역로 235",
        "031-780-3320",
        50_000,
        ["강지호", "윤서아"],
    ),
    ("두레식품", "3128109913", "장두레", "제조업", "식품", "충남 천안시 서북구 봉서산샛길 46", "041-550-4430", 8_000, ["임주원", "송지우"]),
    (
        "부산해운물류 주식회사",
        "6028116640",
        "하동진",
        "운수업",
        "화물운송",
        "부산 중구 충장대로 9",
        "051-460-5540",
        30_000,
        ["백승현", "노은지"],
    ),
    ("㈜대한정밀", "1348152887", "문정밀", "제조업", "금형", "경기 안산시 단원구 산단로 325", "031-490-6650", 15_000, ["신예준", "권나은"]),
    ("청솔인쇄", "2018134429", "배청솔", "제조업", "인쇄", "서울 중구 을지로 210", "02-2270-7760", 3_000, ["고은우", "양시윤"]),
    ("제주감귤영농조합", "6168123315", "고제주", "농업", "과일", "제주 서귀포시 중앙로 105", "064-760-8870", 5_000, ["현다인", "부지안"]),
    (
        "광주의료기 주식회사",
        "4108167752",
        "남광주",
        "도매업",
        "의료기기",
        "광주 북구 첨단과기로 208",
        "062-970-9980",
        12_000,
        ["전유준", "홍수아"],
    ),
    (
        "대전소프트(주)",
        "3148190068",
        "유대전",
        "정보통신업",
        "소프트웨어",
        "대전 유성구 대덕대로 512",
        "042-860-1190",
        7_000,
        ["안건우", "서이안"],
    ),
    (
        "인천금속공업사",
        "1318122204",
        "심인천",
        "제조업",
        "금속가공",
        "인천 남동구 남동서로 280",
        "032-810-2310",
        6_000,
        ["황시우", "구아린"],
    ),
    (
        "Pacific Trading Inc.",
        "",
        "J. Miller",
        "Wholesale",
        "General goods",
        "1 Harbor Blvd, Oakland",
        "+1 510 555 2671",
        25_000,
        ["Anna Lee", "Tom Baker"],
    ),
];

fn known<T, E: std::fmt::Display>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(Error::internal)
}

/// Whom the demo company buys from: name, business number, representative, 업태, 종목.
const SUPPLIERS: [(&str, &str, &str, &str, &str); 2] = [
    ("세종부품 주식회사", "1148165430", "조세종", "도매업", "전자부품"),
    ("한강빌딩관리(주)", "1078722190", "민한강", "부동산업", "건물임대"),
];

/// The suppliers of the demo company, unless there are some.
pub async fn suppliers(door: &SystemDoor) -> Result<()> {
    door.write(async |tx| {
        if tx.find::<entity::Entity>().filter(entity::Column::Type.eq(PartnerType::Supplier)).one().await?.is_some() {
            return Ok(());
        }
        for (name, number, ceo, kind, item) in SUPPLIERS {
            let code = tx.next_number("crm_partners.code", "").await?;
            let row = entity::ActiveModel {
                code: Set(known(CodeText::parse(&format!("C{code:06}")))?),
                name: Set(known(Text::parse(name))?),
                r#type: Set(PartnerType::Supplier),
                biz_type: Set(BizType::C),
                biz_no: Set(checked(number)),
                ceo_name: Set(Some(known(Text::parse(ceo))?)),
                biz_kind: Set(Some(known(Text::parse(kind))?)),
                biz_item: Set(Some(known(Text::parse(item))?)),
                payment_terms: Set(Some(PaymentTerms::Net30)),
                ..Default::default()
            };
            tx.insert(&row).await?;
        }
        Ok(())
    })
    .await
}

/// The number with the check digit it has to have; demo numbers are nobody's.
fn checked(number: &str) -> Option<BizNo> {
    let body = number.get(..9)?;
    (0..10).find_map(|digit| BizNo::parse(&format!("{body}{digit}")).ok())
}

/// A dozen customers with an address and two contacts each, unless there are some.
pub async fn demo(door: &SystemDoor) -> Result<()> {
    door.write(async |tx| {
        if !tx.find::<entity::Entity>().all().await?.is_empty() {
            return Ok(());
        }
        let won = tx.find::<adm::currency::Entity>().all().await?.into_iter().find(|currency| &*currency.code == "KRW");
        for (customer, n) in CUSTOMERS.iter().zip(1_u32..) {
            one(tx, customer, n, won.as_ref().map(|currency| currency.id)).await?;
        }
        Ok(())
    })
    .await
}

async fn one(tx: &Tx, customer: &Customer, n: u32, currency: Option<uuid::Uuid>) -> Result<()> {
    let (name, number, ceo, kind, item, address, phone, credit, people) = *customer;
    let code = tx.next_number("crm_partners.code", "").await?;
    let row = entity::ActiveModel {
        code: Set(known(CodeText::parse(&format!("C{code:06}")))?),
        name: Set(known(Text::parse(name))?),
        r#type: Set(PartnerType::Customer),
        biz_type: Set(if number.is_empty() || name.ends_with("사") { BizType::S } else { BizType::C }),
        biz_no: Set(checked(number)),
        ceo_name: Set(Some(known(Text::parse(ceo))?)),
        biz_kind: Set(Some(known(Text::parse(kind))?)),
        biz_item: Set(Some(known(Text::parse(item))?)),
        address1: Set(Some(known(Text::parse(address))?)),
        phone: Set(Some(known(Phone::parse(phone))?)),
        email: Set(Some(known(Email::parse(&format!("info@customer{n}.example")))?)),
        payment_terms: Set(Some(if n.is_multiple_of(3) { PaymentTerms::Net60 } else { PaymentTerms::Net30 })),
        credit_limit: Set((credit * 10_000).to_string().parse::<Money>().ok()),
        currency_id: Set(currency),
        ..Default::default()
    };
    let partner = tx.insert(&row).await?.id;
    let place = addresses::ActiveModel {
        partner_id: Set(partner),
        address_type: Set(addresses::AddressType::Headquarter),
        address_name: Set(Some(known(Text::parse("본사"))?)),
        address1: Set(Some(known(Text::parse(address))?)),
        is_default: Set(true),
        ..Default::default()
    };
    tx.insert(&place).await?;
    for (person, (position, m)) in people.into_iter().zip([("과장", 1), ("대리", 2)]) {
        let row = contact::ActiveModel {
            partner_id: Set(partner),
            contact_name: Set(known(Text::parse(person))?),
            position: Set(Some(known(Text::parse(position))?)),
            mobile: Set(Some(known(Phone::parse(&format!("010-55{n:02}-{:04}", 1000 * m + n)))?)),
            email: Set(Some(known(Email::parse(&format!("person{m}@customer{n}.example")))?)),
            is_primary: Set(m == 1),
            ..Default::default()
        };
        tx.insert(&row).await?;
    }
    Ok(())
}
