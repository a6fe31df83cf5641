//! The demo company. Each domain adds its part, once, when the company is made.

use crate::provisioning::{self, Wanted};
use adm::provision::Administrator;
use auth::{Platform, SystemDoor};
use kernel::{BizNo, CompanyCode, Day, Email, Error, Login, Realm, Result, Text, boxed};
use sea_orm::ActiveValue::Set;
use signin::Password;
use tenancy::tenant::{ActiveModel, Type};

pub const CODE: &str = "demo";
pub const USERNAME: &str = "admin";

/// Makes the demo company unless it is there. Answers whether it was made now.
pub async fn seed(platform: &Platform, password: &Password) -> Result<bool> {
    seed_telling(platform, password, &|| {}).await
}

/// [`seed`], which calls `made` as soon as somebody can sign in: if the rest fails, the password must not be lost with it.
#[boxed(?Send)]
pub async fn seed_telling(platform: &Platform, password: &Password, made: &dyn Fn()) -> Result<bool> {
    if platform.directory().by_code(CODE).await?.is_some() {
        return Ok(false);
    }
    let wanted = Wanted {
        company: ActiveModel {
            code: Set(CompanyCode::parse(CODE).map_err(Error::internal)?),
            name: Set(Text::parse("한빛상사 (데모)").map_err(Error::internal)?),
            r#type: Set(Type::Standard),
            ceo_name: Set(Some(Text::parse("김한빛").map_err(Error::internal)?)),
            employee_count: Set(30),
            start_date: Set(kernel::Zone::seoul().day(platform.now())),
            ..Default::default()
        },
        administrator: Some(Administrator {
            username: Login::parse(USERNAME).map_err(Error::internal)?,
            email: Email::parse("admin@demo.example").map_err(Error::internal)?,
            full_name: Text::parse("김관리").map_err(Error::internal)?,
            password_hash: Some(password.hash().await?),
        }),
    };
    let company = provisioning::found(platform, &wanted).await?;
    made();
    let door = platform.act_as_system(Realm::Tenant, Some(company), "demo");
    crm::demo_customers(&door).await?;
    crm::demo_suppliers(&door).await?;
    crm::demo::deals(&door, &kernel::Zone::seoul()).await?;
    let this_month = kernel::Zone::seoul().day(platform.now()).0.replace_day(1).map_err(Error::internal)?;
    let last = this_month.previous_day().ok_or_else(|| Error::internal("a day before all days"))?;
    let (first, last) = (Day(last.replace_day(1).map_err(Error::internal)?), Day(last));
    headquarters(&door).await?;
    rates(&door, first, last).await?;
    fim::demo::month(&door, first, last).await?;
    Ok(true)
}

/// Who supplies, on the company's tax invoices.
async fn headquarters(door: &SystemDoor) -> Result<()> {
    door.write(async |tx| {
        let row = adm::organization::ActiveModel {
            id: Set(store::new_id()),
            name: Set(Text::parse("한빛상사").map_err(Error::internal)?),
            biz_no: Set(Some(BizNo::parse("2118775437").map_err(Error::internal)?)),
            ceo_name: Set(Some(Text::parse("김한빛").map_err(Error::internal)?)),
            biz_kind: Set(Some(Text::parse("도소매업").map_err(Error::internal)?)),
            biz_item: Set(Some(Text::parse("전산기기").map_err(Error::internal)?)),
            address1: Set(Some(Text::parse("서울 강남구 테헤란로 152").map_err(Error::internal)?)),
            is_headquarters: Set(true),
            ..Default::default()
        };
        let columns = store::columns_of::<adm::organization::Entity>();
        tx.insert_rows("adm_organizations", vec![store::values_of(&row)], &columns, true).await.map(|_| ())
    })
    .await
}

/// What a dollar was worth in the month.
async fn rates(door: &SystemDoor, first: Day, last: Day) -> Result<()> {
    door.write(async |tx| {
        let currencies = tx.find::<adm::currency::Entity>().all().await?;
        let of = |code: &str| currencies.iter().find(|row| &*row.code == code).ok_or_else(|| Error::internal("no such currency"));
        let (dollar, won) = (of("USD")?, of("KRW")?);
        for (day, rate) in [(first, "1384.5"), (last, "1402.2")] {
            let row = adm::rates::ActiveModel {
                from_currency_id: Set(dollar.id),
                to_currency_id: Set(won.id),
                from_currency: Set(dollar.code.clone()),
                to_currency: Set(won.code.clone()),
                rate_type: Set(adm::rates::RateType::Spot),
                rate: Set(rate.parse().map_err(Error::internal)?),
                valid_from: Set(day),
                source: Set(Text::parse("서울외국환중개").ok()),
                ..Default::default()
            };
            tx.insert(&row).await?;
        }
        Ok(())
    })
    .await
}
