//! The example plans: every one loads without a complaint, and calls on virtual phones tell what its README promises.
//!
//! What a call tells is kept beside its plan, in `dialplans/NAME/snapshots`; review changes with `cargo insta review`.

#![allow(clippy::expect_used)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use exten::channel::Cause;
use exten::channel::simulated::Behaviour;
use exten::conf::Disk;
use exten::diagnostic::{Severity, render};
use exten::server::{BEGINNING, Configuration, Part, Simulation, Story};

fn plans() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans")
}

#[test]
fn every_plan_loads_without_a_complaint() {
    let folders = std::fs::read_dir(plans()).expect("the example plans").map(|entry| entry.expect("a plan").path());
    let folders: Vec<_> = folders.filter(|folder| folder.join("extensions.conf").exists()).collect();
    assert!(folders.len() >= 4, "{folders:?}");
    for folder in folders {
        let configuration = Configuration::load(&folder);
        let complaints = configuration.diagnostics.iter().filter(|diagnostic| diagnostic.severity <= Severity::Warning);
        let complaints: Vec<_> =
            complaints.map(|diagnostic| render::short(diagnostic, &configuration.sources)).collect();
        assert!(complaints.is_empty(), "{}\n{}", folder.display(), complaints.join("\n"));
        assert!(!configuration.is_refused());
        assert!(folder.join("README.md").exists(), "{} has no README", folder.display());
    }
}

/// The READMEs show calls to try: they are commands that work.
#[test]
fn what_a_readme_says_to_try_works() {
    let root = plans().parent().expect("the project").to_owned();
    for plan in ["office", "nway-caller", "nway-callee", "nway-trixbox"] {
        let readme = std::fs::read_to_string(plans().join(plan).join("README.md")).expect("a README");
        let readme = readme.replace("\\\n", " ");
        let commands: Vec<_> = readme.lines().filter_map(|line| line.trim().strip_prefix("exten call ")).collect();
        assert!(!commands.is_empty(), "{plan}");
        for command in commands {
            let words = command.split_whitespace().map(|word| word.trim_matches('\''));
            let mut exten = std::process::Command::new(env!("CARGO_BIN_EXE_exten"));
            let output = exten.arg("call").args(words).current_dir(&root).output().expect("exten runs");
            let told = String::from_utf8_lossy(&output.stdout);
            assert!(output.status.success() && !told.contains("warning: "), "{command}\n{told}{output:?}");
        }
    }
}

/// Tells a story on a plan, twice, and compares it with what it told before.
#[track_caller]
fn tell(plan: &str, name: &str, story: Story) {
    tell_at(BEGINNING, plan, name, story);
}

#[track_caller]
fn tell_at(start: jiff::civil::DateTime, plan: &str, name: &str, story: Story) {
    let folder = plans().join(plan);
    let configuration =
        || Configuration::for_virtual_calls(&mut Disk::default(), &folder, start).expect("a place of its own");
    let told = Simulation::run(configuration(), &story);
    assert!(told.is_known, "{}", told.narration);
    assert!(!told.narration.contains("warning: "), "{}", told.narration);
    let again = Simulation::run(configuration(), &story);
    assert_eq!(told.narration, again.narration, "the same story tells the same");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(folder.join("snapshots"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, told.narration));
}

/// A phone presses keys and hangs up.
fn part(phone: &str, press: &str, hangup_after: u64) -> Part {
    Part { phone: phone.to_owned(), press: press.to_owned(), hangup_after: Some(Duration::from_secs(hangup_after)) }
}

fn seconds(seconds: u64) -> Option<Duration> {
    Some(Duration::from_secs(seconds))
}

mod office {
    use super::*;

    #[test]
    fn a_colleague_answers() {
        tell("office", "a_colleague_answers", Story { hangup_after: seconds(10), ..Story::call("2001", "2002") });
    }

    #[test]
    fn a_colleague_is_busy() {
        let behaviours = vec![("2002".to_owned(), Behaviour::Refuses(Cause::BUSY))];
        tell("office", "a_colleague_is_busy", Story { behaviours, ..Story::call("2001", "2002") });
    }

    #[test]
    fn a_colleague_is_away() {
        let behaviours = vec![("2003".to_owned(), Behaviour::Rings)];
        tell("office", "a_colleague_is_away", Story { behaviours, ..Story::call("2001", "2003") });
    }

    #[test]
    fn the_echo_test_ends_with_a_key() {
        let press = "WWWWWWWWWW#".to_owned();
        tell("office", "the_echo_test_ends_with_a_key", Story { press, ..Story::call("2001", "600") });
    }

    #[test]
    fn hello() {
        tell("office", "hello", Story::call("2001", "601"));
    }

    #[test]
    fn music_plays_until_the_caller_hangs_up() {
        let story = Story { hangup_after: seconds(600), ..Story::call("2001", "602") };
        tell("office", "music_plays_until_the_caller_hangs_up", story);
    }

    #[test]
    fn digits_are_read_back() {
        let story = Story { press: "W4711#".to_owned(), ..Story::call("2001", "603") };
        tell("office", "digits_are_read_back", story);
    }

    #[test]
    fn the_time_is_said_and_that_the_office_is_open() {
        tell("office", "the_time_is_said_and_that_the_office_is_open", Story::call("2001", "604"));
    }

    #[test]
    fn an_open_room_lasts_as_long_as_its_members() {
        let story = Story { hangup_after: seconds(600), ..Story::call("2001", "805") };
        tell("office", "an_open_room_lasts_as_long_as_its_members", story);
    }

    #[test]
    fn a_room_needs_no_pin_but_one_does() {
        let story = Story { press: "WWWW#".to_owned(), ..Story::call("2001", "800") };
        tell("office", "a_room_needs_no_pin", story);
        let story = Story { press: "WWWWW4711#WWWWWW#".to_owned(), ..Story::call("2001", "804") };
        tell("office", "a_room_needs_a_pin", story);
    }

    #[test]
    fn the_menu_leads_to_the_operator() {
        let story = Story { press: "WW0".to_owned(), hangup_after: seconds(12), ..Story::call("2001", "500") };
        tell("office", "the_menu_leads_to_the_operator", story);
    }

    #[test]
    fn the_menu_gives_up_after_three_times() {
        let story = Story { press: "WW7".to_owned(), ..Story::call("2001", "500") };
        tell("office", "the_menu_gives_up_after_three_times", story);
    }

    #[test]
    fn the_world_calls_at_night() {
        let night = jiff::civil::date(2026, 3, 2).at(22, 0, 0, 0);
        let context = Some("from-world".to_owned());
        let story = Story { context, ..Story::call("provider", "5550100") };
        tell_at(night, "office", "the_world_calls_at_night", story);
    }

    #[test]
    fn the_world_calls_by_day() {
        let context = Some("from-world".to_owned());
        let story = Story { context, press: "W2002".to_owned(), ..Story::call("provider", "5550100") };
        tell("office", "the_world_calls_by_day", Story { hangup_after: seconds(20), ..story });
    }

    #[test]
    fn the_world_has_a_guard() {
        tell("office", "a_short_number_is_unknown", Story::call("2001", "77"));
        tell("office", "an_expensive_number_is_barred", Story::call("2001", "0900123456"));
        tell("office", "there_is_no_trunk_yet", Story::call("2001", "5550100"));
    }
}

/// The callee and those who are invited answer after two seconds. The caller's keys count from the answer.
mod nway_caller {
    use super::*;

    #[test]
    fn two_become_three() {
        let story = Story {
            press: "WW*0WW2003#WWWWW**".to_owned(),
            hangup_after: seconds(40),
            parts: vec![part("2002", "", 45), part("2003", "", 50)],
            ..Story::call("2001", "2002")
        };
        tell("nway-caller", "two_become_three", story);
    }

    #[test]
    fn the_third_party_is_dropped() {
        let story = Story {
            press: "WW*0WW2003#WWWWW*#".to_owned(),
            hangup_after: seconds(40),
            parts: vec![part("2002", "", 45)],
            ..Story::call("2001", "2002")
        };
        tell("nway-caller", "the_third_party_is_dropped", story);
    }

    #[test]
    fn nobody_answers_the_invitation() {
        let story = Story {
            press: "WW*0WW2003#".to_owned(),
            hangup_after: seconds(60),
            parts: vec![part("2002", "", 65)],
            behaviours: vec![("2003".to_owned(), Behaviour::Refuses(Cause::BUSY))],
            ..Story::call("2001", "2002")
        };
        tell("nway-caller", "nobody_answers_the_invitation", story);
    }

    #[test]
    fn a_member_invites_a_fourth() {
        let story = Story {
            press: "WW*0WW2003#WWWWW**".to_owned(),
            hangup_after: seconds(60),
            parts: vec![part("2002", "", 60), part("2003", "WWWWWWWWWW0WW2004#WWWWW**", 60), part("2004", "", 70)],
            ..Story::call("2001", "2002")
        };
        tell("nway-caller", "a_member_invites_a_fourth", story);
    }
}

mod nway_callee {
    use super::*;

    #[test]
    fn two_become_three() {
        let story = Story {
            hangup_after: seconds(40),
            parts: vec![part("2002", "WW*0WW2003#WWWWW*7", 45), part("2003", "", 50)],
            ..Story::call("2001", "2002")
        };
        tell("nway-callee", "two_become_three", story);
    }

    #[test]
    fn the_third_party_is_dropped() {
        let story = Story {
            hangup_after: seconds(40),
            parts: vec![part("2002", "WW*0WW2003#WWWWW*#", 45)],
            ..Story::call("2001", "2002")
        };
        tell("nway-callee", "the_third_party_is_dropped", story);
    }

    #[test]
    fn the_caller_has_no_such_key() {
        let story = Story { press: "WW*0".to_owned(), hangup_after: seconds(10), ..Story::call("2001", "2002") };
        tell("nway-callee", "the_caller_has_no_such_key", story);
    }
}

mod nway_trixbox {
    use super::*;

    #[test]
    fn two_become_three() {
        let story = Story {
            press: "WW*00WWW0WW103#WWWWW*11".to_owned(),
            hangup_after: seconds(40),
            parts: vec![part("102", "", 45), part("103", "", 50)],
            ..Story::call("100", "102")
        };
        tell("nway-trixbox", "two_become_three", story);
    }

    #[test]
    fn the_third_party_is_dropped() {
        let story = Story {
            press: "WW*00WWW0WW103#WWWWW*22".to_owned(),
            hangup_after: seconds(40),
            parts: vec![part("102", "", 45)],
            ..Story::call("100", "102")
        };
        tell("nway-trixbox", "the_third_party_is_dropped", story);
    }
}
