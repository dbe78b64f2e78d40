use crate::applications::testing::Trial;

#[test]
fn nobody_is_removed_from_where_nobody_is() {
    let told = Trial::of("ConfKick(7)\nConfKick()").run();
    assert_eq!(told.value("CONFKICKSTATUS"), Some("FAILURE"));
    assert!(told.has("warning ConfKick: there is no conference 7"));
}
