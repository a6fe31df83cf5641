//! The chart a Korean company of small size is born with: the three digits of accounting offices and of the 전산회계 exams.
//!
//! There is no official numbering; where this one stands: 101–145 quick assets, 146–177 stock, 178–250 fixed assets, 251–290 current
//! and 291–330 other liabilities, 331–400 equity, 401–450 sales, 451–470 cost of sales, 801–900 selling and administration, 901–950
//! income and 951–999 expenses besides the business (931 and 933 by custom already).

use super::entity::{
    AccountType::{self, Asset, Equity, Expense, Liability, Revenue},
    PostingRole,
};

/// One account of the chart.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    pub code: &'static str,
    pub name: &'static str,
    pub name_en: &'static str,
    pub kind: AccountType,
    pub group: &'static str,
    pub role: Option<PostingRole>,
}

impl Given {
    /// Where it stands in the statements (`fs_position`).
    #[must_use]
    pub fn position(&self) -> &'static str {
        match self.group {
            QUICK | STOCK => "CURRENT_ASSETS",
            INVESTED | TANGIBLE | INTANGIBLE | OTHER_ASSETS => "NON_CURRENT_ASSETS",
            CURRENT => "CURRENT_LIABILITIES",
            LONG_TERM => "NON_CURRENT_LIABILITIES",
            SALES => "SALES",
            COST => "COST_OF_SALES",
            SELLING => "SELLING_AND_ADMINISTRATION",
            OTHER_INCOME => "OTHER_INCOME",
            OTHER_EXPENSE => "OTHER_EXPENSE",
            TAXES => "INCOME_TAX",
            _ => "EQUITY",
        }
    }
}

const fn plain(code: &'static str, name: &'static str, name_en: &'static str, kind: AccountType, group: &'static str) -> Given {
    Given { code, name, name_en, kind, group, role: None }
}

const fn with(
    role: PostingRole,
    code: &'static str,
    name: &'static str,
    name_en: &'static str,
    kind: AccountType,
    group: &'static str,
) -> Given {
    Given { code, name, name_en, kind, group, role: Some(role) }
}

const QUICK: &str = "당좌자산";
const STOCK: &str = "재고자산";
const INVESTED: &str = "투자자산";
const TANGIBLE: &str = "유형자산";
const INTANGIBLE: &str = "무형자산";
const OTHER_ASSETS: &str = "기타비유동자산";
const CURRENT: &str = "유동부채";
const LONG_TERM: &str = "비유동부채";
const CAPITAL: &str = "자본금";
const SURPLUS: &str = "이익잉여금";
const SALES: &str = "매출액";
const COST: &str = "매출원가";
const SELLING: &str = "판매비와관리비";
const OTHER_INCOME: &str = "영업외수익";
const OTHER_EXPENSE: &str = "영업외비용";
const TAXES: &str = "법인세비용";

use PostingRole as R;

pub const CHART: [Given; 92] = [
    with(R::Cash, "101", "현금", "Cash", Asset, QUICK),
    plain("102", "당좌예금", "Current account", Asset, QUICK),
    with(R::Bank, "103", "보통예금", "Ordinary deposits", Asset, QUICK),
    plain("105", "정기예금", "Time deposits", Asset, QUICK),
    plain("106", "정기적금", "Instalment savings", Asset, QUICK),
    plain("107", "단기매매증권", "Trading securities", Asset, QUICK),
    with(R::Receivable, "108", "외상매출금", "Trade receivables", Asset, QUICK),
    plain("109", "대손충당금", "Allowance for bad debts", Asset, QUICK),
    plain("110", "받을어음", "Notes receivable", Asset, QUICK),
    plain("114", "단기대여금", "Short-term loans", Asset, QUICK),
    plain("116", "미수수익", "Accrued income", Asset, QUICK),
    with(R::OtherReceivable, "120", "미수금", "Other receivables", Asset, QUICK),
    plain("122", "소모품", "Supplies", Asset, QUICK),
    with(R::AdvancePaid, "131", "선급금", "Advances paid", Asset, QUICK),
    plain("133", "선급비용", "Prepaid expenses", Asset, QUICK),
    plain("134", "가지급금", "Suspense payments", Asset, QUICK),
    with(R::VatIn, "135", "부가세대급금", "VAT paid", Asset, QUICK),
    plain("136", "선납세금", "Prepaid taxes", Asset, QUICK),
    plain("137", "임직원단기채권", "Short-term claims on staff", Asset, QUICK),
    with(R::Stock, "146", "상품", "Merchandise", Asset, STOCK),
    plain("150", "제품", "Finished goods", Asset, STOCK),
    plain("153", "원재료", "Raw materials", Asset, STOCK),
    plain("167", "저장품", "Stores", Asset, STOCK),
    plain("168", "미착품", "Goods in transit", Asset, STOCK),
    plain("178", "장기금융상품", "Long-term financial instruments", Asset, INVESTED),
    plain("201", "토지", "Land", Asset, TANGIBLE),
    plain("202", "건물", "Buildings", Asset, TANGIBLE),
    plain("203", "건물감가상각누계액", "Accumulated depreciation of buildings", Asset, TANGIBLE),
    plain("206", "기계장치", "Machinery", Asset, TANGIBLE),
    plain("207", "기계장치감가상각누계액", "Accumulated depreciation of machinery", Asset, TANGIBLE),
    plain("208", "차량운반구", "Vehicles", Asset, TANGIBLE),
    plain("209", "차량운반구감가상각누계액", "Accumulated depreciation of vehicles", Asset, TANGIBLE),
    plain("212", "비품", "Office equipment", Asset, TANGIBLE),
    plain("213", "비품감가상각누계액", "Accumulated depreciation of office equipment", Asset, TANGIBLE),
    plain("226", "개발비", "Development costs", Asset, INTANGIBLE),
    plain("227", "소프트웨어", "Software", Asset, INTANGIBLE),
    plain("232", "임차보증금", "Lease deposits", Asset, OTHER_ASSETS),
    with(R::Payable, "251", "외상매입금", "Trade payables", Liability, CURRENT),
    plain("252", "지급어음", "Notes payable", Liability, CURRENT),
    with(R::OtherPayable, "253", "미지급금", "Other payables", Liability, CURRENT),
    with(R::Withholding, "254", "예수금", "Withholdings", Liability, CURRENT),
    with(R::VatOut, "255", "부가세예수금", "VAT received", Liability, CURRENT),
    plain("257", "가수금", "Suspense receipts", Liability, CURRENT),
    with(R::AdvanceReceived, "259", "선수금", "Advances received", Liability, CURRENT),
    plain("260", "단기차입금", "Short-term borrowings", Liability, CURRENT),
    with(R::VatPayable, "261", "미지급세금", "Taxes payable", Liability, CURRENT),
    plain("262", "미지급비용", "Accrued expenses", Liability, CURRENT),
    plain("263", "선수수익", "Deferred income", Liability, CURRENT),
    with(R::GrIr, "264", "미착매입정산", "Goods received, not invoiced", Liability, CURRENT),
    plain("293", "장기차입금", "Long-term borrowings", Liability, LONG_TERM),
    plain("294", "임대보증금", "Deposits received", Liability, LONG_TERM),
    plain("295", "퇴직급여충당부채", "Provision for severance pay", Liability, LONG_TERM),
    with(R::Capital, "331", "자본금", "Capital", Equity, CAPITAL),
    plain("351", "이익준비금", "Legal reserve", Equity, SURPLUS),
    with(R::RetainedEarnings, "375", "이월이익잉여금", "Retained earnings", Equity, SURPLUS),
    plain("377", "미처분이익잉여금", "Unappropriated earnings", Equity, SURPLUS),
    with(R::Sales, "401", "상품매출", "Sales of merchandise", Revenue, SALES),
    plain("402", "매출환입및에누리", "Sales returns and allowances", Revenue, SALES),
    plain("404", "제품매출", "Sales of products", Revenue, SALES),
    with(R::ServiceSales, "412", "용역매출", "Sales of services", Revenue, SALES),
    with(R::CostOfGoods, "451", "상품매출원가", "Cost of merchandise sold", Expense, COST),
    with(R::PriceVariance, "452", "매입가격차이", "Purchase price variance", Expense, COST),
    with(R::StockDifference, "453", "재고감모손실", "Stock differences", Expense, COST),
    plain("455", "제품매출원가", "Cost of products sold", Expense, COST),
    plain("801", "급여", "Salaries", Expense, SELLING),
    plain("803", "상여금", "Bonuses", Expense, SELLING),
    plain("806", "퇴직급여", "Severance pay", Expense, SELLING),
    plain("811", "복리후생비", "Staff welfare", Expense, SELLING),
    plain("812", "여비교통비", "Travel", Expense, SELLING),
    plain("813", "기업업무추진비", "Business entertainment", Expense, SELLING),
    plain("814", "통신비", "Communication", Expense, SELLING),
    plain("815", "수도광열비", "Utilities", Expense, SELLING),
    plain("817", "세금과공과", "Taxes and dues", Expense, SELLING),
    plain("818", "감가상각비", "Depreciation", Expense, SELLING),
    plain("819", "임차료", "Rent", Expense, SELLING),
    plain("820", "수선비", "Repairs", Expense, SELLING),
    plain("821", "보험료", "Insurance", Expense, SELLING),
    plain("822", "차량유지비", "Vehicle maintenance", Expense, SELLING),
    plain("824", "운반비", "Freight", Expense, SELLING),
    plain("830", "소모품비", "Supplies used", Expense, SELLING),
    with(R::Fees, "831", "지급수수료", "Fees", Expense, SELLING),
    plain("833", "광고선전비", "Advertising", Expense, SELLING),
    with(R::BadDebt, "835", "대손상각비", "Bad debts", Expense, SELLING),
    plain("901", "이자수익", "Interest income", Revenue, OTHER_INCOME),
    with(R::FxGain, "907", "외환차익", "Exchange gains", Revenue, OTHER_INCOME),
    with(R::UnrealisedFxGain, "910", "외화환산이익", "Unrealised exchange gains", Revenue, OTHER_INCOME),
    with(R::Rounding, "930", "잡이익", "Miscellaneous income", Revenue, OTHER_INCOME),
    plain("931", "이자비용", "Interest expense", Expense, OTHER_EXPENSE),
    plain("933", "기부금", "Donations", Expense, OTHER_EXPENSE),
    with(R::FxLoss, "952", "외환차손", "Exchange losses", Expense, OTHER_EXPENSE),
    with(R::UnrealisedFxLoss, "955", "외화환산손실", "Unrealised exchange losses", Expense, OTHER_EXPENSE),
    plain("998", "법인세등", "Income taxes", Expense, TAXES),
];

#[cfg(test)]
mod tests {
    use super::CHART;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_and_every_role_stands_once_and_in_its_range() {
        let codes: BTreeSet<&str> = CHART.iter().map(|account| account.code).collect();
        assert_eq!(codes.len(), CHART.len());
        let roles: BTreeSet<String> = CHART.iter().filter_map(|account| account.role).map(|role| format!("{role:?}")).collect();
        assert_eq!(roles.len(), CHART.iter().filter(|account| account.role.is_some()).count());
        for account in &CHART {
            let number: u32 = account.code.parse().unwrap();
            let range = match format!("{:?}", account.kind).as_str() {
                "Asset" => 101..251,
                "Liability" => 251..331,
                "Equity" => 331..401,
                "Revenue" if account.group == super::SALES => 401..451,
                "Revenue" => 901..951,
                _ if account.group == super::COST => 451..471,
                _ => 801..1000,
            };
            assert!(range.contains(&number), "{} {}", account.code, account.name);
        }
    }
}
