//! The arithmetic of the model, written a second time and another way than the product's: whole numbers of the smallest part of a
//! currency, rates in hundredths, taxes in fractions.

/// A currency with its digits behind the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coin {
    pub code: &'static str,
    pub places: u32,
}

/// Without a smaller part, with hundredths, with thousandths.
pub const COINS: [Coin; 3] = [Coin { code: "KRW", places: 0 }, Coin { code: "USD", places: 2 }, Coin { code: "KWD", places: 3 }];

/// What one of them is worth, in hundredths of a won: three days' rates.
pub const RATES: [[i64; 3]; 3] = [[100, 100, 100], [130_000, 138_250, 128_733], [423_015, 451_033, 399_999]];

/// As the wire has it.
pub fn text(amount: i64, places: u32) -> String {
    let (by, sign) = (10_i64.pow(places), if amount < 0 { "-" } else { "" });
    let whole = format!("{sign}{}", amount.abs() / by);
    if places == 0 || amount % by == 0 {
        return whole;
    }
    let width = usize::try_from(places).unwrap();
    format!("{whole}.{:0width$}", amount.abs() % by).trim_end_matches('0').to_owned()
}

/// The nearest whole number; of two the one further from zero.
pub fn nearest(number: i128, by: i128) -> i64 {
    let away = (2 * number.abs() + by.abs()) / (2 * by.abs());
    i64::try_from(away * number.signum() * by.signum()).unwrap()
}

pub fn in_won(amount: i64, coin: Coin, rate: i64) -> i64 {
    nearest(i128::from(amount) * i128::from(rate), 100 * 10_i128.pow(coin.places))
}

/// What happens to a fraction of a tax, and what it is computed of.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub rounding: &'static str,
    pub basis: &'static str,
}

/// What a company may have set.
pub const RULES: [Rules; 6] = [
    Rules { rounding: "DOWN", basis: "LINE" },
    Rules { rounding: "HALF_UP", basis: "DOCUMENT" },
    Rules { rounding: "UP", basis: "LINE" },
    Rules { rounding: "DOWN", basis: "DOCUMENT" },
    Rules { rounding: "HALF_UP", basis: "LINE" },
    Rules { rounding: "UP", basis: "DOCUMENT" },
];

impl Rules {
    /// A tenth of what is supplied, or an eleventh of what is paid.
    pub fn tax(self, price: i64, inclusive: bool) -> i64 {
        let by = if inclusive { 11 } else { 10 };
        match self.rounding {
            "DOWN" => price / by,
            "UP" => (price + by - 1) / by,
            _ => nearest(price.into(), by.into()),
        }
    }

    /// The taxes of lines that have these prices; none of what bears no tax.
    pub fn taxes(self, prices: &[i64], taxable: &[bool], inclusive: bool) -> Vec<i64> {
        let taxed: Vec<i64> = prices.iter().zip(taxable).map(|(price, bears)| if *bears { *price } else { 0 }).collect();
        if self.basis == "LINE" {
            return taxed.iter().map(|price| self.tax(*price, inclusive)).collect();
        }
        let whole: i64 = taxed.iter().sum();
        divided(self.tax(whole, inclusive), &taxed)
    }
}

/// Shares of a whole, none below zero: each rounded down, what is left to those who lost most by that, of equal ones to the first.
pub fn divided(whole: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i64 = weights.iter().sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let exact = |weight: i64| i128::from(whole) * i128::from(weight);
    let mut shares: Vec<i64> = weights.iter().map(|weight| i64::try_from(exact(*weight) / i128::from(sum)).unwrap()).collect();
    while shares.iter().sum::<i64>() < whole {
        let lost = |at: usize| exact(weights[at]) - i128::from(shares[at]) * i128::from(sum);
        let most = (0..shares.len()).rev().max_by_key(|at| lost(*at)).unwrap();
        shares[most] += 1;
    }
    shares
}

/// Amounts of an entry's lines in won, debit positive: each rounded, what that leaves between the sides goes to the largest line of the
/// smaller one.
pub fn entry_in_won(amounts: &[i64], coin: Coin, rate: i64) -> Vec<i64> {
    let mut won: Vec<i64> = amounts.iter().map(|amount| in_won(*amount, coin, rate)).collect();
    let gap: i64 = won.iter().sum();
    if gap != 0 {
        let smaller = |amount: i64| if gap < 0 { amount } else { -amount };
        let largest = (0..won.len()).max_by_key(|at| smaller(won[*at])).unwrap();
        won[largest] -= gap;
    }
    won
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arithmetic_of_the_model_is_that_of_the_books_it_was_taken_from() {
        assert_eq!((text(-100_050, 3), text(1_000, 2), text(5, 2), text(0, 3)), ("-100.05".into(), "10".into(), "0.05".into(), "0".into()));
        assert_eq!((nearest(5, 10), nearest(-5, 10), nearest(4, 10), nearest(-14, 10)), (1, -1, 0, -1));
        assert_eq!(in_won(33_333, COINS[1], 135_000), 449_996);
        // korea.md §4
        let supplies = [12_345, 6_789, 333];
        let of = |at: usize| RULES[at].taxes(&supplies, &[true; 3], false).iter().sum::<i64>();
        assert_eq!([of(0), of(3), of(4), of(1), of(2)], [1_945, 1_946, 1_947, 1_947, 1_948]);
        assert_eq!(divided(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(entry_in_won(&[9_999, 1, -10_000], COINS[1], 138_250), [138_236, 14, -138_250]);
    }
}
