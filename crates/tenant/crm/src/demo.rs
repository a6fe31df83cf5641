//! What the demo company shows of deals: some in every stage, and a month of calls and visits.

use crate::{
    activities::entity::{self as activity, Kind, Outcome, Participants, Priority},
    opportunities::{
        entity::{self as opportunity, LostReason, Stage, Status},
        open_in_the_past,
    },
    partner,
};
use auth::{SystemDoor, entities::adm_user};
use kernel::{CodeText, DayTime, Error, Money, Result, Text, Timestamp, Zone, boxed};
use sea_orm::{ActiveValue::Set, ColumnTrait, QueryFilter, QueryOrder};
use store::Tx;
use uuid::Uuid;

/// Customers, where nobody else has made some.
const CUSTOMERS: [(&str, &str); 4] =
    [("C-NARAE", "나래전자 주식회사"), ("C-HANSOL", "한솔유통"), ("C-MIRAE", "미래건설 주식회사"), ("C-DURE", "두레식품")];

/// Name, customer, ten thousands of won, days ago at which each stage began, and how it ended how many days ago.
type Deal = (&'static str, usize, i64, &'static [i64], Option<(Status, i64)>);
const DEALS: [Deal; 9] = [
    ("사무동 네트워크 교체", 0, 4_200, &[41, 33, 26, 15, 6], Some((Status::Won, 2))),
    ("창고관리 시스템 도입", 1, 8_500, &[38, 29, 20, 11], None),
    ("매장 POS 120대 납품", 1, 13_200, &[30, 24, 12, 5, 1], None),
    ("현장 CCTV 증설", 2, 2_750, &[27, 19, 8], None),
    ("ERP 재구축 제안", 2, 21_000, &[22, 13], None),
    ("생산라인 태블릿 공급", 3, 3_400, &[17, 9], None),
    ("냉장창고 센서 교체", 3, 980, &[6], None),
    ("본사 회의실 화상장비", 0, 1_650, &[29, 21, 14], Some((Status::Lost, 7))),
    ("전산 유지보수 연간계약", 2, 1_200, &[25, 18], Some((Status::Cancelled, 10))),
];

/// Type, subject, deal, days ago, hour, minutes; those ahead are planned.
const ACTIVITIES: [(Kind, &str, usize, i64, i32, i32); 12] = [
    (Kind::Call, "요구사항 확인 통화", 0, 32, 10, 20),
    (Kind::Visit, "현장 실사", 0, 24, 14, 120),
    (Kind::Meeting, "계약 조건 협의", 0, 6, 15, 60),
    (Kind::Demo, "WMS 시연", 1, 19, 13, 90),
    (Kind::Email, "수정 견적 송부", 1, 11, 17, 10),
    (Kind::Meeting, "납품 일정 회의", 2, 4, 11, 60),
    (Kind::Visit, "설치 위치 확인", 3, 8, 9, 150),
    (Kind::Call, "예산 시기 문의", 4, 12, 16, 15),
    (Kind::Call, "담당자 소개 통화", 6, 5, 10, 15),
    (Kind::Meeting, "최종 계약서 검토", 2, -2, 14, 60),
    (Kind::Task, "제안서 초안 작성", 4, -4, 9, 180),
    (Kind::Call, "견적 회신 확인", 3, -1, 11, 15),
];

fn known<T, E: std::fmt::Display>(value: std::result::Result<T, E>) -> Result<T> {
    value.map_err(Error::internal)
}

async fn customers(tx: &Tx) -> Result<Vec<Uuid>> {
    let sold_to = partner::Column::Type.is_in([partner::PartnerType::Customer, partner::PartnerType::Both]);
    let there = tx.find::<partner::Entity>().filter(sold_to).order_by_asc(partner::Column::Code).all().await?;
    let mut ids: Vec<Uuid> = there.into_iter().map(|row| row.id).collect();
    for (code, name) in CUSTOMERS.into_iter().skip(ids.len()) {
        let row = partner::ActiveModel {
            code: Set(known(CodeText::parse(code))?),
            name: Set(known(Text::parse(name))?),
            r#type: Set(partner::PartnerType::Customer),
            ..Default::default()
        };
        ids.push(tx.insert(&row).await?.id);
    }
    Ok(ids)
}

async fn deal(tx: &Tx, zone: &Zone, owner: Uuid, customer: Uuid, deal: &Deal) -> Result<Uuid> {
    let (name, _, won, began, end) = *deal;
    let ago = |days: i64| tx.now().plus_seconds(-days * 24 * 60 * 60);
    let stages = [Stage::Lead, Stage::Qualified, Stage::Proposal, Stage::Negotiation, Stage::Closing];
    let mut way: Vec<(Stage, Status, Timestamp)> =
        began.iter().zip(stages).map(|(days, stage)| (stage, Status::Open, ago(*days))).collect();
    if let (Some((status, days)), Some((last, ..))) = (end, way.last().copied()) {
        let stage = match status {
            Status::Won => Stage::Won,
            Status::Lost => Stage::Lost,
            Status::Open | Status::Cancelled => last,
        };
        way.push((stage, status, ago(days)));
    }
    let row = opportunity::ActiveModel {
        name: Set(known(Text::parse(name))?),
        partner_id: Set(Some(customer)),
        amount: Set(Money(won * 10_000 * 10_000)),
        owner_id: Set(Some(owner)),
        source: Set(Some(known(Text::parse("소개"))?)),
        lost_reason: Set((end.map(|(status, _)| status) == Some(Status::Lost)).then_some(LostReason::Price)),
        expected_close_date: Set(Some(zone.day(ago(-30)))),
        ..Default::default()
    };
    open_in_the_past(tx, zone, row, &way).await
}

/// Deals and activities of the demo company. Owned by its first user.
#[boxed(?Send)]
pub async fn deals(door: &SystemDoor, zone: &Zone) -> Result<()> {
    door.write(async |tx| {
        let users = tx.find::<adm_user::Entity>().order_by_asc(adm_user::Column::CreatedAt).all().await?;
        let Some(owner) = users.first().map(|user| user.id) else { return Ok(()) };
        let customers = customers(tx).await?;
        let mut deals = Vec::new();
        for wanted in &DEALS {
            let customer = customers.get(wanted.1).copied().ok_or_else(|| Error::internal("no customer"))?;
            deals.push((deal(tx, zone, owner, customer, wanted).await?, customer));
        }
        for (kind, subject, at, days, hour, minutes) in ACTIVITIES {
            let (opportunity, customer) = deals.get(at).copied().ok_or_else(|| Error::internal("no deal"))?;
            let day = zone.day(tx.now().plus_seconds(-days * 24 * 60 * 60));
            let time = |minutes: i32| known(DayTime::parse(&format!("{:02}:{:02}", minutes / 60, minutes % 60)));
            let starts_at = zone.moment(day, hour * 60);
            let done = days > 0;
            let row = activity::ActiveModel {
                activity_type: Set(kind),
                subject: Set(known(Text::parse(subject))?),
                related_to_type: Set(Some(activity::RelatedTo::Opportunity)),
                partner_id: Set(Some(customer)),
                opportunity_id: Set(Some(opportunity)),
                activity_date: Set(day),
                start_time: Set(Some(time(hour * 60)?)),
                end_time: Set(Some(time(hour * 60 + minutes)?)),
                duration_minutes: Set(Some(minutes)),
                starts_at: Set(starts_at),
                owner_id: Set(owner),
                participants: Set(Participants::default()),
                priority: Set(Priority::Normal),
                status: Set(if done { activity::Status::Completed } else { activity::Status::Planned }),
                is_completed: Set(done),
                completed_at: Set(done.then(|| starts_at.plus_seconds(i64::from(minutes) * 60))),
                completed_by: Set(done.then_some(owner)),
                outcome: Set(done.then_some(Outcome::Successful)),
                ..Default::default()
            };
            tx.insert(&row).await?;
        }
        Ok(())
    })
    .await
}
