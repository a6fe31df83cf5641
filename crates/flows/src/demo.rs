//! The demo company. Each domain adds its part, once, when the company is made.

use crate::provisioning::{self, Wanted};
use adm::provision::Administrator;
use auth::{Password, Platform};
use kernel::{CompanyCode, Email, Error, Login, Realm, Result, Text};
use sea_orm::ActiveValue::Set;
use tenancy::tenant::{ActiveModel, Type};

pub const CODE: &str = "demo";
pub const USERNAME: &str = "admin";

/// Makes the demo company unless it is there. Answers whether it was made now.
pub async fn seed(platform: &Platform, password: &Password) -> Result<bool> {
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
    let door = platform.act_as_system(Realm::Tenant, Some(company), "demo");
    crm::demo::deals(&door, &kernel::Zone::seoul()).await?;
    Ok(true)
}
