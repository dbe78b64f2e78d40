//! `acl`: lists of addresses that others name.

use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::management::console::{Answer, Command, Request};

pub static SHOW: Command = Command::now("acl show", "[name]", "Lists the lists of acl.conf, or shows one", |request| {
    let lists = read(request);
    let [name] = request.words.as_slice() else {
        let names = lists.sections.iter().map(|list| format!("{}\n", list.name));
        return Answer::lines(format!("\nacl\n---\n{}", names.collect::<String>()));
    };
    let Some(list) = lists.section(name) else {
        return Answer::refusal(format!("\nCould not find ACL named '{name}'"));
    };
    let rules = list.entries.iter().enumerate().map(|(at, rule)| {
        let sense = if rule.key.eq_ignore_ascii_case("permit") { "allow" } else { "deny" };
        format!("{at:>3}: {sense:>5} - {}\n", rule.value.trim())
    });
    let rules: String = rules.collect();
    Answer::lines(format!("\nACL: {name}\n---------------------------------------------\n{rules}"))
});

fn read(request: &Request<'_>) -> Config {
    let path = request.exchange().directories.etc.join("acl.conf");
    match path.exists() {
        true => Config::read(&mut Disk::default(), &path, &mut Sources::default()),
        false => Config::default(),
    }
}
