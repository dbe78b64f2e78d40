use super::*;

fn said(language: &str, number: i64, gender: Option<char>) -> String {
    let words = Language::of(language).number(number, gender);
    let bare: Vec<&str> = words.iter().map(|word| word.strip_prefix("digits/").unwrap_or(word)).collect();
    bare.join(" ")
}

/// Numbers in a language, as the usual sound packages have them.
#[track_caller]
fn check(language: &str, gender: Option<char>, table: &[(i64, &str)]) {
    for (number, words) in table {
        assert_eq!(said(language, *number, gender), *words, "{language} {number} {gender:?}");
    }
}

#[test]
fn english() {
    let table = [
        (21, "20 1"),
        (101, "1 hundred 1"),
        (1234, "1 thousand 2 hundred 30 4"),
        (2000002, "2 million 2"),
        (123456789, "1 hundred 20 3 million 4 hundred 50 6 thousand 7 hundred 80 9"),
    ];
    check("en", None, &table);
}

#[test]
fn british_english() {
    let table = [
        (101, "1 hundred vm-and 1"),
        (121, "1 hundred vm-and 20 1"),
        (221, "2 hundred vm-and 20 1"),
        (1000, "1 thousand"),
        (1001, "1 thousand vm-and 1"),
        (1100, "1 thousand 1 hundred"),
        (1234, "1 thousand 2 hundred vm-and 30 4"),
        (2000, "2 thousand"),
        (21000, "20 1 thousand"),
        (101000, "1 hundred vm-and 1 thousand"),
        (1000001, "1 million vm-and 1"),
        (1100000, "1 million 1 hundred thousand"),
        (2000002, "2 million vm-and 2"),
        (3456789, "3 million 4 hundred vm-and 50 6 thousand 7 hundred vm-and 80 9"),
    ];
    check("en_GB", None, &table);
}

#[test]
fn danish() {
    let table = [
        (21, "1-and 20"),
        (71, "1-and 70"),
        (80, "80"),
        (91, "1-and 90"),
        (100, "1N hundred"),
        (101, "1N hundred and 1"),
        (121, "1N hundred and 1-and 20"),
        (221, "2 hundred and 1-and 20"),
        (999, "9 hundred and 9-and 90"),
        (1000, "1N thousand"),
        (1001, "1N thousand and 1"),
        (1100, "1N thousand 1N hundred"),
        (1234, "1N thousand 2 hundred and 4-and 30"),
        (2000, "2 thousand"),
        (21000, "1-and 20 thousand"),
        (100000, "1N hundred thousand"),
        (101000, "1N hundred and 1N thousand"),
        (123456, "1N hundred and 3-and 20 thousand 4 hundred and 6-and 50"),
        (301021, "3 hundred and 1N thousand and 1-and 20"),
        (1000001, "1 million and 1"),
        (1100000, "1 million 1N hundred thousand"),
        (2000002, "2 millions and 2"),
        (3456789, "3 millions 4 hundred and 6-and 50 thousand 7 hundred and 9-and 80"),
        (123456789, "1N hundred and 3-and 20 millions 4 hundred and 6-and 50 thousand 7 hundred and 9-and 80"),
    ];
    check("da", None, &table);
    check(
        "da",
        Some('n'),
        &[(1, "1N"), (101, "1N hundred and 1N"), (1001, "1N thousand and 1N"), (1000001, "1 million and 1N")],
    );
}

#[test]
fn german() {
    let table = [
        (21, "1-and 20"),
        (71, "1-and 70"),
        (80, "80"),
        (91, "1-and 90"),
        (100, "hundred"),
        (101, "1N hundred 1"),
        (121, "1N hundred 1-and 20"),
        (221, "2 hundred 1-and 20"),
        (999, "9 hundred 9-and 90"),
        (1000, "thousand"),
        (1001, "1N thousand 1"),
        (1100, "1N thousand 1N hundred"),
        (1234, "1N thousand 2 hundred 4-and 30"),
        (2000, "2 thousand"),
        (21000, "1-and 20 thousand"),
        (100000, "hundred thousand"),
        (101000, "1N hundred 1 thousand"),
        (123456, "1N hundred 3-and 20 thousand 4 hundred 6-and 50"),
        (301021, "3 hundred 1 thousand 1-and 20"),
        (1000001, "1F million 1"),
        (1100000, "1F million hundred thousand"),
        (2000002, "2 millions 2"),
        (3456789, "3 millions 4 hundred 6-and 50 thousand 7 hundred 9-and 80"),
        (123456789, "1N hundred 3-and 20 millions 4 hundred 6-and 50 thousand 7 hundred 9-and 80"),
    ];
    check("de", None, &table);
    check(
        "de",
        Some('f'),
        &[
            (1, "1F"),
            (101, "1N hundred 1F"),
            (1001, "1N thousand 1F"),
            (101000, "1N hundred 1F thousand"),
            (1000001, "1F million 1F"),
        ],
    );
}

#[test]
fn spanish() {
    let table = [
        (21, "21"),
        (71, "70 and 1"),
        (80, "80"),
        (91, "90 and 1"),
        (100, "100"),
        (101, "100-and 1"),
        (121, "100-and 21"),
        (221, "200 21"),
        (999, "900 90 and 9"),
        (1000, "thousand"),
        (1001, "thousand 1"),
        (1100, "thousand 100"),
        (1234, "thousand 200 30 and 4"),
        (2000, "2 thousand"),
        (21000, "21 thousand"),
        (100000, "100 thousand"),
        (101000, "100-and 1 thousand"),
        (123456, "100-and 23 thousand 400 50 and 6"),
        (301021, "300 1 thousand 21"),
        (1000001, "1M million 1"),
        (1100000, "1M million 100 thousand"),
        (2000002, "2 millions 2"),
        (3456789, "3 millions 400 50 and 6 thousand 700 80 and 9"),
        (123456789, "100-and 23 millions 400 50 and 6 thousand 700 80 and 9"),
    ];
    check("es", None, &table);
    check(
        "es",
        Some('f'),
        &[
            (1, "1F"),
            (101, "100-and 1F"),
            (1001, "thousand 1F"),
            (101000, "100-and 1F thousand"),
            (1000001, "1M million 1F"),
        ],
    );
    check(
        "es",
        Some('m'),
        &[
            (1, "1M"),
            (101, "100-and 1M"),
            (1001, "thousand 1M"),
            (101000, "100-and 1M thousand"),
            (1000001, "1M million 1M"),
        ],
    );
}

#[test]
fn french() {
    let table = [
        (21, "20 et 1"),
        (71, "60 et 11"),
        (80, "80"),
        (91, "80 11"),
        (100, "hundred"),
        (101, "hundred 1"),
        (121, "hundred 20 et 1"),
        (221, "2 hundred 20 et 1"),
        (999, "9 hundred 80 19"),
        (1000, "thousand"),
        (1001, "thousand 1"),
        (1100, "thousand hundred"),
        (1234, "thousand 2 hundred 30 4"),
        (2000, "2 thousand"),
        (21000, "20 et 1 thousand"),
        (100000, "hundred thousand"),
        (101000, "hundred 1 thousand"),
        (123456, "hundred 20 3 thousand 4 hundred 50 6"),
        (301021, "3 hundred 1 thousand 20 et 1"),
        (1000001, "1 million 1"),
        (1100000, "1 million hundred thousand"),
        (2000002, "2 million 2"),
        (3456789, "3 million 4 hundred 50 6 thousand 7 hundred 80 9"),
        (123456789, "hundred 20 3 million 4 hundred 50 6 thousand 7 hundred 80 9"),
    ];
    check("fr", None, &table);
    check(
        "fr",
        Some('f'),
        &[
            (1, "1F"),
            (21, "20 et 1F"),
            (101, "hundred 1F"),
            (1001, "thousand 1F"),
            (21000, "20 et 1F thousand"),
            (101000, "hundred 1F thousand"),
            (1000001, "1F million 1F"),
        ],
    );
}

#[test]
fn italian() {
    let table = [
        (21, "21"),
        (71, "71"),
        (80, "80"),
        (91, "91"),
        (100, "hundred"),
        (101, "hundred 1"),
        (121, "hundred 21"),
        (221, "2 hundred 21"),
        (999, "9 hundred 90 9"),
        (1000, "thousand"),
        (1001, "thousand 1"),
        (1100, "thousand hundred"),
        (1234, "thousand 2 hundred 30 4"),
        (2000, "2 thousands"),
        (21000, "21 thousands"),
        (100000, "hundred thousands"),
        (101000, "hundred 1 thousands"),
        (123456, "hundred 20 3 thousands 4 hundred 50 6"),
        (301021, "3 hundred 1 thousands 21"),
        (1000001, "million 1"),
        (1100000, "million hundred thousands"),
        (2000002, "2 millions 2"),
        (3456789, "3 millions 4 hundred 50 6 thousands 7 hundred 80 9"),
        (123456789, "hundred 20 3 millions 4 hundred 50 6 thousands 7 hundred 80 9"),
    ];
    check("it", None, &table);
}

#[test]
fn dutch() {
    let table = [
        (21, "1 nl-en 20"),
        (71, "1 nl-en 70"),
        (80, "80"),
        (91, "1 nl-en 90"),
        (100, "hundred"),
        (101, "hundred 1"),
        (121, "hundred 1 nl-en 20"),
        (221, "2 hundred 1 nl-en 20"),
        (999, "9 hundred 9 nl-en 90"),
        (1000, "thousand"),
        (1001, "thousand 1"),
        (1100, "11 hundred"),
        (1234, "12 hundred 4 nl-en 30"),
        (2000, "20 hundred"),
        (21000, "1 nl-en 20 thousand"),
        (100000, "hundred thousand"),
        (101000, "hundred 1 thousand"),
        (123456, "hundred 3 nl-en 20 thousand 4 hundred 6 nl-en 50"),
        (301021, "3 hundred 1 thousand 1 nl-en 20"),
        (1000001, "1 million 1"),
        (1100000, "1 million hundred thousand"),
        (2000002, "2 million 2"),
        (3456789, "3 million 4 hundred 6 nl-en 50 thousand 7 hundred 9 nl-en 80"),
        (123456789, "hundred 3 nl-en 20 million 4 hundred 6 nl-en 50 thousand 7 hundred 9 nl-en 80"),
    ];
    check("nl", None, &table);
}

#[test]
fn norwegian() {
    let table = [
        (21, "20 1"),
        (71, "70 1"),
        (80, "80"),
        (91, "90 1"),
        (100, "1N hundred"),
        (101, "1N hundred and 1"),
        (121, "1N hundred and 20 1"),
        (221, "2 hundred and 20 1"),
        (999, "9 hundred and 90 9"),
        (1000, "1N thousand"),
        (1001, "1N thousand and 1"),
        (1100, "1N thousand 1N hundred"),
        (1234, "1N thousand 2 hundred and 30 4"),
        (2000, "2 thousand"),
        (21000, "20 1N thousand"),
        (100000, "1N hundred thousand"),
        (101000, "1N hundred and 1N thousand"),
        (123456, "1N hundred and 20 3 thousand 4 hundred and 50 6"),
        (301021, "3 hundred and 1N thousand and 20 1"),
        (1000001, "1 million and 1"),
        (1100000, "1 million 1N hundred thousand"),
        (2000002, "2 million and 2"),
        (3456789, "3 million 4 hundred and 50 6 thousand 7 hundred and 80 9"),
        (123456789, "1N hundred and 20 3 million 4 hundred and 50 6 thousand 7 hundred and 80 9"),
    ];
    check("no", None, &table);
    check(
        "no",
        Some('n'),
        &[
            (1, "1N"),
            (21, "20 1N"),
            (101, "1N hundred and 1N"),
            (1001, "1N thousand and 1N"),
            (1000001, "1 million and 1N"),
        ],
    );
}

#[test]
fn polish() {
    let table = [
        (21, "20 1"),
        (71, "70 1"),
        (80, "80"),
        (91, "90 1"),
        (100, "100"),
        (101, "100 1"),
        (121, "100 20 1"),
        (221, "200 20 1"),
        (999, "900 90 9"),
        (1000, "1 1000"),
        (1001, "1 1000 1"),
        (1100, "1 1000 100"),
        (1234, "1 1000 200 30 4"),
        (2000, "2 1000.2"),
        (21000, "20 1 1000.5"),
        (100000, "100 1000.5"),
        (101000, "100 1 1000.5"),
        (123456, "100 20 3 1000.2 400 50 6"),
        (301021, "300 1 1000.5 20 1"),
        (1000001, "1 1000000 1"),
        (1100000, "1 1000000 100 1000.5"),
        (2000002, "2 1000000.2 2"),
        (3456789, "3 1000000.2 400 50 6 1000.5 700 80 9"),
        (123456789, "100 20 3 1000000.2 400 50 6 1000.5 700 80 9"),
    ];
    check("pl", None, &table);
    check(
        "pl",
        Some('f'),
        &[
            (2, "2z"),
            (22, "20 2z"),
            (202, "200 2z"),
            (2000, "2z 1000.2"),
            (22000, "20 2z 1000.2"),
            (2000002, "2z 1000000.2 2z"),
        ],
    );
    check(
        "pl",
        Some('m'),
        &[
            (2, "2-2m"),
            (3, "3-2m"),
            (21, "20m 1"),
            (22, "20m 2-2m"),
            (101, "100m 1"),
            (202, "200m 2-2m"),
            (2000, "2-2m 1000.2"),
        ],
    );
}

#[test]
fn portuguese() {
    let table = [
        (21, "20 pt-e 1"),
        (71, "70 pt-e 1"),
        (80, "80"),
        (91, "90 pt-e 1"),
        (100, "100"),
        (101, "100E 1"),
        (121, "100E 20 pt-e 1"),
        (221, "200 pt-e 20 pt-e 1"),
        (999, "900 pt-e 90 pt-e 9"),
        (1000, "1000"),
        (1001, "1000 pt-e 1"),
        (1100, "1000 pt-e 100"),
        (1234, "1000 200 pt-e 30 pt-e 4"),
        (2000, "2 1000"),
        (21000, "20 pt-e 1 1000"),
        (100000, "100 1000"),
        (101000, "100E 1 1000"),
        (123456, "100E 20 pt-e 3 1000 400 pt-e 50 pt-e 6"),
        (301021, "300 pt-e 1 1000 pt-e 20 pt-e 1"),
        (1000001, "1 1000000 pt-e 1"),
        (1100000, "1 1000000 pt-e 100 1000"),
        (2000002, "2 1000000S pt-e 2"),
        (3456789, "3 1000000S 400 pt-e 50 pt-e 6 1000 700 pt-e 80 pt-e 9"),
        (123456789, "100E 20 pt-e 3 1000000S 400 pt-e 50 pt-e 6 1000 700 pt-e 80 pt-e 9"),
    ];
    check("pt", None, &table);
    check(
        "pt",
        Some('f'),
        &[
            (1, "1F"),
            (2, "2F"),
            (21, "20 pt-e 1F"),
            (101, "100E 1F"),
            (202, "200F pt-e 2F"),
            (999, "900F pt-e 90 pt-e 9"),
            (1001, "1000 pt-e 1F"),
        ],
    );
}

#[test]
fn russian() {
    let table = [
        (21, "20 1"),
        (71, "70 1"),
        (80, "80"),
        (91, "90 1"),
        (100, "100"),
        (101, "100 1"),
        (121, "100 20 1"),
        (221, "200 20 1"),
        (999, "900 90 9"),
        (1000, "1f thousand"),
        (1001, "1f thousand 1"),
        (1100, "1f thousand 100"),
        (1234, "1f thousand 200 30 4"),
        (2000, "2f thousands-i"),
        (21000, "20 1f thousand"),
        (100000, "100 thousands"),
        (101000, "100 1f thousand"),
        (123456, "100 20 3 thousands-i 400 50 6"),
        (301021, "300 1f thousand 20 1"),
        (1000001, "1 million 1"),
        (1100000, "1 million 100 thousands"),
        (2000002, "2 million-a 2"),
        (3456789, "3 million-a 400 50 6 thousands 700 80 9"),
        (123456789, "100 20 3 million-a 400 50 6 thousands 700 80 9"),
    ];
    check("ru", None, &table);
    check(
        "ru",
        Some('f'),
        &[
            (1, "1f"),
            (2, "2f"),
            (21, "20 1f"),
            (22, "20 2f"),
            (101, "100 1f"),
            (202, "200 2f"),
            (1001, "1f thousand 1f"),
        ],
    );
    check(
        "ru",
        Some('m'),
        &[
            (1, "1m"),
            (2, "2m"),
            (21, "20 1m"),
            (22, "20 2m"),
            (101, "100 1m"),
            (202, "200 2m"),
            (1001, "1f thousand 1m"),
        ],
    );
    check(
        "ru",
        Some('n'),
        &[
            (1, "1n"),
            (2, "2n"),
            (21, "20 1n"),
            (22, "20 2n"),
            (101, "100 1n"),
            (202, "200 2n"),
            (1001, "1f thousand 1n"),
        ],
    );
}

#[test]
fn czech() {
    let table = [
        (21, "20 1w"),
        (71, "70 1w"),
        (80, "80"),
        (91, "90 1w"),
        (100, "1sto"),
        (101, "1sto 1w"),
        (121, "1sto 20 1w"),
        (221, "2ste 20 1w"),
        (999, "9 set 90 9"),
        (1000, "1_E3"),
        (1001, "1_E3 1w"),
        (1100, "1_E3 1sto"),
        (1234, "1_E3 2ste 30 4"),
        (2000, "2m 2-4_E3"),
        (21000, "20 1w 5_E3"),
        (100000, "1sto 5_E3"),
        (101000, "1sto 1w 5_E3"),
        (123456, "1sto 20 3 5_E3 4 sta 50 6"),
        (301021, "3 sta 1w 5_E3 20 1w"),
        (1000001, "1_E6 1w"),
        (1100000, "1_E6 1sto 5_E3"),
        (3456789, "3 2-4_E6 4 sta 50 6 5_E3 7 set 80 9"),
        (123456789, "1sto 20 3 5_E6 4 sta 50 6 5_E3 7 set 80 9"),
    ];
    check("cs", None, &table);
    check(
        "cs",
        Some('f'),
        &[(1, "1f"), (2, "2f"), (21, "20 1f"), (22, "20 2f"), (101, "1sto 1f"), (202, "2ste 2f"), (1001, "1_E3 1f")],
    );
    check(
        "cs",
        Some('m'),
        &[(1, "1m"), (2, "2m"), (21, "20 1m"), (22, "20 2m"), (101, "1sto 1m"), (202, "2ste 2m"), (1001, "1_E3 1m")],
    );
    check(
        "cs",
        Some('n'),
        &[(1, "1n"), (2, "2n"), (21, "20 1n"), (22, "20 2n"), (101, "1sto 1n"), (202, "2ste 2n"), (1001, "1_E3 1n")],
    );
}

#[test]
fn hungarian() {
    let table = [
        (21, "20on 1"),
        (71, "70 1"),
        (80, "80"),
        (91, "90 1"),
        (100, "1 hundred"),
        (101, "1 hundred 1"),
        (121, "1 hundred 20on 1"),
        (221, "2 hundred 20on 1"),
        (999, "9 hundred 90 9"),
        (1000, "1 thousand"),
        (1001, "1 thousand 1"),
        (1100, "1 thousand 1 hundred"),
        (1234, "1 thousand 2 hundred 30 4"),
        (2000, "2 thousand"),
        (21000, "20on 1 thousand"),
        (100000, "1 hundred thousand"),
        (101000, "1 hundred 1 thousand"),
        (123456, "1 hundred 20on 3 thousand 4 hundred 50 6"),
        (301021, "3 hundred 1 thousand 20on 1"),
        (1000001, "1 million 1"),
        (1100000, "1 million 1 hundred thousand"),
        (2000002, "2 million 2"),
        (3456789, "3 million 4 hundred 50 6 thousand 7 hundred 80 9"),
        (123456789, "1 hundred 20on 3 million 4 hundred 50 6 thousand 7 hundred 80 9"),
    ];
    check("hu", None, &table);
}

#[test]
fn chinese() {
    let table = [
        (21, "20 1"),
        (71, "70 1"),
        (80, "80"),
        (91, "90 1"),
        (100, "1 hundred"),
        (101, "1 hundred 0 1"),
        (121, "1 hundred 20 1"),
        (221, "2 hundred 20 1"),
        (999, "9 hundred 90 9"),
        (1000, "1 thousand"),
        (1001, "1 thousand 0 1"),
        (1100, "1 thousand 1 hundred"),
        (1234, "1 thousand 2 hundred 30 4"),
        (2000, "2 thousand"),
        (21000, "2 wan 1 thousand"),
        (100000, "10 wan"),
        (101000, "10 wan 1 thousand"),
        (123456, "10 2 wan 3 thousand 4 hundred 50 6"),
        (301021, "30 wan 1 thousand 0 20 1"),
        (1000001, "1 hundred wan 0 1"),
        (1100000, "1 hundred 10 wan"),
        (2000002, "2 hundred wan 0 2"),
        (3456789, "3 hundred 40 5 wan 6 thousand 7 hundred 80 9"),
        (123456789, "1 yi 2 thousand 3 hundred 40 5 wan 6 thousand 7 hundred 80 9"),
    ];
    check("zh", None, &table);
}

#[test]
fn every_language_has_its_signs_and_ends() {
    for language in ["en", "da", "de_AT", "es", "fr", "it", "nl", "no", "pl", "pt_BR", "ru", "cs", "hu", "zh", "xx"] {
        assert_eq!(said(language, 0, None), "0", "{language}");
        assert!(said(language, -5, None).starts_with("minus 5"), "{language}");
        assert!(!said(language, i64::MIN, Some('f')).is_empty(), "{language}");
        assert_eq!(Language::of(language) == Language::English, ["en", "xx"].contains(&language));
    }
    assert_eq!(said("fr", 1_000_000_000, None), "1 0 0 0 0 0 0 0 0 0");
}
