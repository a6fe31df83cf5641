//! The worked examples of Korean practice, as a company meets them: 부가세 포함 금액, 세금계산서 발급 기한, 표준 분개, 계정과목 번호. (The six
//! reasons to amend are in `amending`, one won between the ways to round in `invoices`, the boxes of the return in `vat`.)

use serde_json::{Value, json};
use testkit::both;
use tests::fim::{
    ACCOUNTS,
    invoices::{drafted, entry, issued, line, partner, set, sides},
};

both! {
    async fn a_price_with_the_tax_in_it_splits_without_a_rest(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        for (rounding, total, supply, tax) in [
            ("HALF_UP", "110000", "100000", "10000"),
            ("HALF_UP", "10000", "9091", "909"),
            ("DOWN", "10000", "9091", "909"),
            ("UP", "10000", "9090", "910"),
            ("HALF_UP", "1000", "909", "91"),
        ] {
            set(&admin, "accounting.vat_rounding", rounding).await;
            for basis in ["LINE", "DOCUMENT"] {
                set(&admin, "accounting.vat_basis", basis).await;
                let made = drafted(&admin, &partner, &[line("1", total, json!({}))], json!({"prices_include_tax": true})).await;
                let is = ["supply_amount", "tax_amount", "total_amount"].map(|field| made[field].clone());
                assert_eq!(is, [json!(supply), json!(tax), json!(total)], "{rounding} {basis}");
            }
        }
    }

    async fn an_invoice_is_issued_until_the_tenth_of_the_next_month_or_the_next_business_day(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        for (of, until) in [
            ("2026-04-30", "2026-05-11"),
            ("2026-09-30", "2026-10-12"),
            ("2026-12-31", "2027-01-11"),
            // 설날 2027 is on February 7th: its substitute on the 9th has passed
            ("2027-01-31", "2027-02-10"),
            ("2027-06-30", "2027-07-12"),
            // the 10th is a Sunday, the 11th a substitute of 한글날
            ("2027-09-30", "2027-10-12"),
        ] {
            let made = drafted(&admin, &partner, &[line("1", "1000", json!({}))], json!({"invoice_date": of})).await;
            assert_eq!(made["issue_deadline"], until, "{of}");
        }
    }

    async fn a_sale_and_a_purchase_of_110_000_won_are_posted_by_the_book(app: TestApp) {
        let admin = app.admin_a().await;
        let partner = partner(&admin).await;
        for (direction, wanted) in [
            ("SALES", [("108", "110000", "0"), ("255", "0", "10000"), ("401", "0", "100000")]),
            ("PURCHASE", [("135", "10000", "0"), ("146", "100000", "0"), ("251", "0", "110000")]),
        ] {
            let row = issued(&admin, &partner, &[line("10", "10000", json!({}))], json!({"direction": direction})).await;
            assert_eq!(entry(&admin, &row["je_id"]).await, sides(&wanted), "{direction}");
        }
    }

    async fn a_company_is_born_with_the_numbers_bookkeepers_know(app: TestApp) {
        let admin = app.admin_a().await;
        let chart = admin.get(&format!("{ACCOUNTS}?page_size=100")).await.ok(200);
        let named = |code: &str| -> Option<&Value> { chart["items"].as_array().unwrap().iter().find(|row| row["account_code"] == code) };
        let known = [
            ("101", "현금"), ("102", "당좌예금"), ("103", "보통예금"), ("105", "정기예금"), ("106", "정기적금"), ("107", "단기매매증권"),
            ("108", "외상매출금"), ("110", "받을어음"), ("114", "단기대여금"), ("116", "미수수익"), ("120", "미수금"), ("122", "소모품"),
            ("131", "선급금"), ("133", "선급비용"), ("134", "가지급금"), ("135", "부가세대급금"), ("136", "선납세금"), ("137", "임직원단기채권"),
            ("146", "상품"), ("150", "제품"), ("153", "원재료"), ("167", "저장품"), ("168", "미착품"), ("251", "외상매입금"),
            ("255", "부가세예수금"), ("331", "자본금"), ("401", "상품매출"), ("451", "상품매출원가"), ("801", "급여"), ("806", "퇴직급여"),
            ("811", "복리후생비"), ("812", "여비교통비"), ("813", "기업업무추진비"), ("814", "통신비"), ("815", "수도광열비"), ("817", "세금과공과"),
            ("818", "감가상각비"), ("819", "임차료"), ("820", "수선비"), ("821", "보험료"), ("822", "차량유지비"), ("833", "광고선전비"),
            ("901", "이자수익"), ("931", "이자비용"),
        ];
        for (code, name) in known {
            assert_eq!(named(code).map(|row| &row["account_name"]), Some(&json!(name)), "{code}");
        }
    }
}
