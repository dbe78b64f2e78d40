//! The stories of the example plans and of `tests/stories` go as they are told, and twice the same.

#![allow(clippy::panic, clippy::expect_used)]

use std::path::{Path, PathBuf};

use exten::scenario::{self, document, traces};

fn documents(folder: &str) -> Vec<PathBuf> {
    document::find(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).expect("the documents")
}

/// Plays every story of the documents; how many there are.
fn play(documents: &[PathBuf]) -> usize {
    let mut stories = 0;
    for path in documents {
        let text = std::fs::read_to_string(path).expect("a document");
        let script = scenario::in_document(path, text, None);
        for story in &script.stories {
            stories += 1;
            let title = format!("{}: {}", path.display(), story.passage.title);
            assert!(story.faults.is_empty(), "{title}: {:?}", story.faults);
            let configuration = || script.configuration(story).expect("a place of its own");
            let outcome = script.play(story, configuration());
            if let Some(failure) = &outcome.failure {
                let line = &script.text[failure.span.clone()];
                panic!("{title}\nnot so: {line}\n{}\n{}", failure.instead, failure.narration);
            }
            if let Some(place) = &story.passage.trace {
                let parting = traces::compare(&script.text[place.clone()], place.start, &outcome.narration);
                assert_eq!(parting.map(|parting| parting.difference), None, "{title}");
            }
            let again = script.play(story, configuration());
            assert_eq!(outcome.narration, again.narration, "{title}: the same story tells the same");
        }
    }
    stories
}

#[test]
fn stories_of_the_language_go_as_told() {
    assert!(play(&documents("tests/stories")) >= 8);
}

#[test]
fn stories_of_the_example_plans_go_as_told() {
    let left = |plan: &PathBuf| plan.join("var").exists();
    let plans = || std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans")).expect("plans").flatten();
    let before: Vec<PathBuf> = plans().map(|entry| entry.path()).filter(left).collect();
    assert!(play(&documents("dialplans")) >= 17);
    let after: Vec<PathBuf> = plans().map(|entry| entry.path()).filter(left).collect();
    assert_eq!(before, after, "stories leave nothing behind");
}

mod command {
    use std::path::Path;
    use std::process::{Command, Output};

    const DOCUMENT: &str = "# Tales\n\n```extensions.conf\n[default]\nexten => 1,1,Answer\n same => n,Hangup\n\
                            exten => 2,1,Answer\n```\n\n## Good\n\n```scenario\nann dials 1@default\nann is hung up\n```\n";

    fn exten(arguments: &[&str], folder: &Path) -> Output {
        Command::new(env!("CARGO_BIN_EXE_exten")).args(arguments).current_dir(folder).output().expect("exten")
    }

    fn told(output: &Output) -> (Option<i32>, String) {
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// What `exten test tales.md` says of the document with more in it.
    fn test(more: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tales.md"), format!("{DOCUMENT}{more}")).expect("a document");
        told(&exten(&[&["test", "tales.md"], arguments].concat(), folder.path()))
    }

    #[test]
    fn a_failure_points_at_the_line_and_tells_what_happened() {
        let (code, text) =
            test("\n## Bad\n\n```scenario\nann dials 1@default\nann hears beep within 1s ; no\n```\n", &[]);
        assert_eq!(code, Some(1));
        insta::assert_snapshot!(text, @r"
        as told     tales.md:13 Good (0.5 s)
        not as told tales.md:20 Bad
        X7202 story-failed

          × not so: ann hears beep within 1s
            ╭─[tales.md:21:1]
         20 │ ann dials 1@default
         21 │ ann hears beep within 1s ; no
            · ────────────┬───────────
            ·             ╰── ann heard no sound since its last line (waited 1 s)
         22 │ ```
            ╰────

        What happened until then:
            0.000 SIP/ann-00000000             1@default:1 Answer
            0.000 SIP/ann-00000000             is answered
            0.480 SIP/ann-00000000             1@default:2 Hangup
            0.480 SIP/ann-00000000             is hung up, cause 16

        1 story goes as told, 1 not
        ");
    }

    #[test]
    fn a_line_that_is_not_understood_is_explained() {
        let (code, text) = test("\n## Wrong\n\n```scenario\nann anwsers\nann presses\n```\n", &["--filter", "Wrong"]);
        assert_eq!(code, Some(2));
        insta::assert_snapshot!(text, @r"
        not played  tales.md:20 Wrong
        X7201 story-line

          × `anwsers` is nothing that a phone does
            ╭─[tales.md:20:5]
         19 │ ```scenario
         20 │ ann anwsers
            ·     ───────
         21 │ ann presses
            ╰────
          help: did you mean `answers`, as in: 2002 answers?

        X7201 story-line

          × this is not how `presses` is written
            ╭─[tales.md:21:5]
         20 │ ann anwsers
         21 │ ann presses
            ·     ───────
         22 │ ```
            ╰────
          help: for example: 2001 presses *0

        0 stories go as told, 1 could not be played
        ");
    }

    #[test]
    fn steps_that_no_story_reaches_are_told() {
        let (code, text) = test("", &["--coverage"]);
        assert_eq!(code, Some(0));
        insta::assert_snapshot!(text, @r"
        as told     tales.md:13 Good (0.5 s)
        extensions.conf:4: no story reaches 2@default:1 Answer
        2 of 3 steps are reached (66 %)
        1 story goes as told
        ");
    }

    #[test]
    fn lcov_counts_lines() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tales.md"), DOCUMENT).expect("a document");
        exten(&["test", "tales.md", "--lcov", "lcov.info"], folder.path());
        let lcov = std::fs::read_to_string(folder.path().join("lcov.info")).expect("a tracefile");
        assert_eq!(lcov, "TN:\nSF:extensions.conf\nDA:2,1\nDA:3,1\nDA:4,0\nLF:3\nLH:2\nend_of_record\n");
    }

    #[test]
    fn outcomes_are_given_as_json() {
        let (code, text) = test("", &["--json"]);
        assert_eq!(code, Some(0));
        let outcomes: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(outcomes[0]["story"], "Good");
        assert_eq!(outcomes[0]["outcome"], "passed");
        assert_eq!(outcomes[0]["trace"].as_array().map(Vec::len), Some(4));
    }

    #[test]
    fn a_trace_is_written_first_and_compared_later() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("tales.md");
        let read = || std::fs::read_to_string(&path).expect("the document");
        std::fs::write(&path, format!("{DOCUMENT}\n```trace\n```\n")).expect("a document");
        assert_eq!(exten(&["test", "tales.md"], folder.path()).status.code(), Some(0));
        let first = read();
        assert!(first.contains("    0.000 SIP/ann-00000000             1@default:1 Answer\n"), "{first}");
        assert_eq!(exten(&["test", "tales.md"], folder.path()).status.code(), Some(0));

        std::fs::write(&path, first.replace("exten => 1,1,Answer", "exten => 1,1,NoOp(new)")).expect("a document");
        let (code, text) = told(&exten(&["test", "tales.md"], folder.path()));
        assert_eq!(code, Some(1), "{text}");
        assert!(text.contains("+     0.000 SIP/ann-00000000             1@default:1 NoOp new"), "{text}");
        assert_eq!(exten(&["test", "tales.md", "--accept"], folder.path()).status.code(), Some(0));
        assert!(read().contains("1@default:1 NoOp new\n"));
        assert_eq!(exten(&["test", "tales.md"], folder.path()).status.code(), Some(0));
    }

    #[test]
    fn a_plan_that_asterisk_would_refuse_is_not_played() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tales.md"), DOCUMENT.replace("[default]", "[default")).expect("a document");
        let (code, text) = told(&exten(&["test", "tales.md"], folder.path()));
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains("X0002"), "{text}");
    }

    #[test]
    fn stories_have_mailboxes_of_their_own_and_leave_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let boxes = "[default]\n300 => 1234,Ann\n";
        std::fs::write(folder.path().join("voicemail.conf"), boxes).expect("mailboxes");
        let plan = "[globals]\nNOW=${EPOCH}\nSPOOL=${ASTSPOOLDIR}\n[default]\nexten => 1,1,VoiceMail(300,s)\n\
                    exten => 2,1,Set(COUNT=${VM_INFO(300,count)})\n same => n,Set(IS=${VM_INFO(300,password)})\n\
                    exten => 3,1,VoiceMailMain(300,s)\nexten => 4,1,NoOp(${SPOOL} ${NOW})\n";
        let stories = "## First\n\n```scenario\nann dials 1@default\nann hears beep\nann speaks for 3s\nann presses #\n\
                       ann is hung up\nann dials 2@default\nann has COUNT = 1\nann dials 3@default\nwait 6s\n\
                       ann presses 0\nwait 2s\nann presses 5\nwait 4s\nann presses 77#\nwait 6s\nann presses 77#\n\
                       ann hears vm-passchanged\nann hangs up\nann dials 2@default\nann has IS = 77\n```\n\n\
                       ## Second\n\n```scenario\nann dials 2@default\nann has COUNT = 0\nann has IS = 1234\n\
                       ann dials 4@default\nann is hung up\nglobal NOW = 1772442000\n```\n";
        std::fs::write(folder.path().join("tales.md"), format!("```extensions.conf\n{plan}```\n\n{stories}"))
            .expect("a document");
        let (code, text) = told(&exten(&["test", "tales.md", "--trace"], folder.path()));
        assert_eq!(code, Some(0), "{text}");
        // What a trace keeps is the folder that the configuration names, not the one of this run.
        assert!(text.contains(&format!("NoOp {}/var/spool 1772442000", folder.path().display())), "{text}");
        assert!(!folder.path().join("var").exists());
        assert_eq!(std::fs::read_to_string(folder.path().join("voicemail.conf")).expect("mailboxes"), boxes);
    }

    #[test]
    fn files_of_the_document_are_those_that_calls_find() {
        let folder = tempfile::tempdir().expect("a folder");
        let disk = "[default]\n300 => 1,Ann\n";
        std::fs::write(folder.path().join("voicemail.conf"), disk).expect("mailboxes");
        std::fs::write(folder.path().join("meetme.conf"), "[rooms]\nconf => 800\n").expect("rooms");
        let document = "```extensions.conf\n[default]\n\
                        exten => 1,1,NoOp(${MAILBOX_EXISTS(300)} ${MAILBOX_EXISTS(301)} ${ASTETCDIR})\n\
                        exten => 2,1,MeetMe(800)\nexten => 3,1,ConfBridge(9,,brief)\n```\n\n\
                        ```voicemail.conf\n[default]\n301 => 1,Bob\n```\n\n\
                        ```confbridge.conf\n[brief]\ntype=user\nquiet=yes\n```\n\n## Told\n\n\
                        ```scenario\nann dials 1@default\nann dials 2@default\nann hears conf-onlyperson\n\
                        bob dials 3@default\nbob is in room 9\nbob does not hear conf-onlyperson within 3s\n```\n";
        std::fs::write(folder.path().join("tales.md"), document).expect("a document");
        let (code, text) = told(&exten(&["test", "tales.md", "--trace"], folder.path()));
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains("NoOp 0 1 .\n"), "{text}");
        assert_eq!(std::fs::read_to_string(folder.path().join("voicemail.conf")).expect("mailboxes"), disk);
    }

    #[test]
    fn a_document_without_stories_is_no_success() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("tales.md"), "# Nothing\n").expect("a document");
        assert_eq!(exten(&["test", "."], folder.path()).status.code(), Some(2));
    }

    #[test]
    fn explain_tells_why_a_number_reaches_its_extension() {
        let plans = Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans");
        let (code, text) = told(&exten(&["explain", "800@internal", "nway-caller"], &plans));
        assert_eq!(code, Some(0));
        insta::assert_snapshot!(text, @r"
        [internal]
          → _8XX             is reached  (nway-caller/extensions.conf:15)

        _8XX@internal does:
          1 Goto(room,${EXTEN},1)
        ");
        let (code, text) = told(&exten(&["explain", "2002", "office", "--from", "2001", "--reverse"], &plans));
        assert_eq!(code, Some(0));
        insta::assert_snapshot!(text, @r"
        _200[1-4]@colleagues  (office/extensions.conf:23)
          [internal] includes [colleagues]: 2001, 2002, 2003, 2004
          [colleagues]: no phone
          [menu] includes [colleagues]: no phone
          1@menu:1 Goto(colleagues,2001,1)  (office/extensions.conf:95)
          2@menu:1 Goto(colleagues,2002,1)  (office/extensions.conf:96)
          0@menu:1 Goto(colleagues,2004,1)  (office/extensions.conf:98)
        ");
    }
}
