//! Several nodes, one Redis; and what happens when it goes away.

use super::{ask, limited, standing, too_many};
use actix_web::rt::{System, time::sleep};
use futures_util::future::join_all;
use std::time::{Duration, Instant};
use testkit::{Backend, Caller, Redis, TestApp};

const ME: &str = "/api/v1/tenants/auth/me";

/// Longer than nobody asks Redis after a failure.
const PAUSE: Duration = Duration::from_millis(2300);

#[test]
fn four_nodes_admit_exactly_the_limit() {
    System::new().block_on(async {
        let redis = Redis::start_new();
        let url = redis.url();
        let more = ["--rate-limit", "on", "--redis-url", url.as_str()];
        let first = TestApp::start_with(Backend::Postgres, &more).await;
        let mut nodes = vec![first.clone()];
        for _ in 0..3 {
            nodes.push(first.another_node(&more, 0).await);
        }
        let user = first.admin_a().await;
        let callers: Vec<Caller> = nodes.iter().map(|node| Caller { base: node.stranger().base, ..user.clone() }).collect();
        sleep(Duration::from_millis(200)).await;
        let answers = join_all(callers.iter().map(|caller| ask(caller, ME, 300))).await;
        assert_eq!(answers.iter().map(|(answered, _)| answered).sum::<usize>(), 1000);
        for caller in &callers {
            let _ = too_many(&caller.get(ME).await);
        }
        // strangers share theirs, too
        let strangers: Vec<Caller> = nodes.iter().map(TestApp::stranger).collect();
        let answers = join_all(strangers.iter().map(|caller| ask(caller, ME, 40))).await;
        // one of them was the sign-in
        assert_eq!(answers.iter().map(|(answered, _)| answered).sum::<usize>(), 99);
        for node in &nodes {
            node.stop().await;
        }
    });
}

#[test]
fn without_redis_each_node_goes_on_by_itself() {
    let redis = Redis::start_new();
    limited(&["--redis-url", &redis.url()], async |app| {
        let quick = async |caller: &Caller| {
            let since = Instant::now();
            let answer = caller.get(ME).await;
            assert!(since.elapsed() < Duration::from_millis(900), "{:?}", since.elapsed());
            answer
        };
        let (user, stranger) = (app.admin_a().await, app.stranger());
        for n in 1..=50 {
            assert_eq!(standing(&user.get(ME).await), (1000, 1000 - n, 3600));
        }
        // it hangs: what this node has allowed it still knows
        redis.freeze();
        for n in 51..=80 {
            let answer = quick(&user).await;
            assert_eq!((answer.status, standing(&answer)), (200, (1000, 1000 - n, 3600)));
        }
        let since = Instant::now();
        for _ in 0..20 {
            let _ = quick(&user).await;
        }
        assert!(since.elapsed() < PAUSE, "not each of them waits for it: {:?}", since.elapsed());
        // strangers are limited by the node alone
        let (answered, last) = ask(&stranger, ME, 120).await;
        assert_eq!(answered, 99);
        let _ = too_many(&last);
        redis.thaw();
        sleep(PAUSE).await;
        // the first starts to connect, later ones find it
        let _ = quick(&user).await;
        sleep(Duration::from_millis(300)).await;
        assert!(standing(&quick(&user).await).1 >= 940, "Redis counts again, from what it knew");
        // it is gone
        redis.stop();
        for _ in 0..30 {
            assert_eq!(quick(&user).await.status, 200);
        }
        sleep(PAUSE).await;
        for _ in 0..30 {
            assert_eq!(quick(&user).await.status, 200);
        }
        // and back, empty
        redis.start();
        sleep(PAUSE).await;
        let _ = quick(&user).await;
        sleep(Duration::from_millis(300)).await;
        assert_eq!(standing(&quick(&user).await).1, 999);
    });
}
