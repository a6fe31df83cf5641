//! The windows in Redis count as those in the process do.

use actix_web::rt::System;
use limits::{HOUR, Local, Rule, Shared, Span, Subject};
use std::time::Duration;
use testkit::Redis;
use uuid::Uuid;

async fn connected(url: &str) -> Shared {
    let shared = Shared::new(url).unwrap();
    for _ in 0..500 {
        if shared.is_up() {
            return shared;
        }
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("Redis does not come up");
}

#[test]
fn both_stores_decide_alike() {
    System::new().block_on(async {
        let redis = Redis::start_new();
        let (shared, local) = (connected(&redis.url()).await, Local::new(1000));
        let general = Rule { name: "general", span: Span::Hour, hits: 40 };
        let rules = [general, Rule { name: "login", hits: 25, ..general }, Rule { name: "burst", span: Span::TenSeconds, hits: 9 }];
        let (mut now, mut refused) = (1_790_000_000_123_457, 0);
        let mut dice = 12_345u64;
        for n in 0..3000 {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // mostly at once, sometimes seconds later, sometimes most of an hour; now and then the clock of a node lags
            let step = i64::try_from(dice >> 34).unwrap();
            now += match n % 97 {
                0 => HOUR - 60_000_000 + step % 120_000_000,
                1..=20 => step % 90_000_000,
                21..=40 => step % 3_000_000,
                41..=43 => -(step % 100_000),
                _ => 0,
            };
            let subject =
                if n % 3 == 0 { Subject::User(Uuid::nil()) } else { Subject::address([2001, 13, 5, 0, 0, 0, 0, 1].map(|n: u16| n).into()) };
            let rules = &rules[..1 + n % 3];
            let (here, there) = (local.hit(subject, rules, now), shared.hit(subject, rules, now).await);
            assert_eq!(Some(here), there, "{n}");
            refused += u32::from(here.refused.is_some());
        }
        assert!(refused > 300 && refused < 2700, "{refused}");
    });
}
