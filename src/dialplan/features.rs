//! `features.conf`: what the keys of a telephone do during a call.
//!
//! The applicationmap is read by `grammar/features.pest` in both its forms:
//! `name => *1,self,Macro,nway` and `name => *1,self/caller,Gosub(feat,s,1),quiet`.

use crate::conf::{Config, Entry, Files, Section};
use crate::diagnostic::{Diagnostic, Sources, Span, codes};
use pest::Parser as _;
use std::io;
use std::path::Path;
use std::time::Duration;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/features.pest"]
struct Grammar;

/// How long the next key of a code may take.
const DIGIT_TIMEOUT: Duration = Duration::from_millis(1000);

/// The settings of `[general]` that the plan can read and set, and what they are by themselves.
const DEFAULTS: [(&str, &str); 21] = [
    ("featuredigittimeout", "1000"),
    ("transferdigittimeout", "3"),
    ("atxfernoanswertimeout", "15"),
    ("atxferdropcall", "no"),
    ("atxferloopdelay", "10"),
    ("atxfercallbackretries", "2"),
    ("xfersound", "beep"),
    ("xferfailsound", "beeperr"),
    ("atxferabort", "*1"),
    ("atxfercomplete", "*2"),
    ("atxferthreeway", "*3"),
    ("atxferswap", "*4"),
    ("pickupexten", "*8"),
    ("pickupsound", ""),
    ("pickupfailsound", ""),
    ("courtesytone", ""),
    ("recordingfailsound", ""),
    ("transferdialattempts", "3"),
    ("transferretrysound", "pbx-invalid"),
    ("transferinvalidsound", "privacy-incorrect"),
    ("transferannouncesound", "pbx-transfer"),
];

/// On whose channel a feature's application runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Who pressed the keys: `self`, and `caller` of old.
    Presser,
    /// The other one: `peer`, and `callee` of old.
    Peer,
}

/// Who may use a feature.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Activator {
    Caller,
    Callee,
    #[default]
    Both,
}

/// An entry of the applicationmap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// The name that `DYNAMIC_FEATURES` lists.
    pub name: String,
    pub keys: String,
    pub target: Target,
    pub activator: Activator,
    pub application: String,
    pub arguments: String,
    /// What the other party hears meanwhile.
    pub music: Option<String>,
    pub span: Span,
}

/// Entries of the applicationmap that `DYNAMIC_FEATURES` can name together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    /// Names of features, with other keys than their own where given.
    pub features: Vec<(String, Option<String>)>,
}

/// The keys of the built-in features; empty where there are none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureMap {
    pub blindxfer: String,
    pub atxfer: String,
    pub disconnect: String,
    pub automon: String,
    pub automixmon: String,
    pub parkcall: String,
}

impl FeatureMap {
    /// The keys of a feature by its name in the file.
    pub fn keys(&self, name: &str) -> Option<&str> {
        match name {
            "blindxfer" => Some(&self.blindxfer),
            "atxfer" => Some(&self.atxfer),
            "disconnect" => Some(&self.disconnect),
            "automon" => Some(&self.automon),
            "automixmon" => Some(&self.automixmon),
            "parkcall" => Some(&self.parkcall),
            _ => None,
        }
    }
}

impl Default for FeatureMap {
    fn default() -> Self {
        let keys = str::to_owned;
        Self {
            blindxfer: keys("#"),
            atxfer: keys(""),
            disconnect: keys("*"),
            automon: keys(""),
            automixmon: keys(""),
            parkcall: keys(""),
        }
    }
}

/// A `features.conf`.
#[derive(Clone, Debug)]
pub struct Features {
    pub digit_timeout: Duration,
    pub map: FeatureMap,
    pub applications: Vec<Feature>,
    pub groups: Vec<Group>,
    /// Every setting of `[general]` as written, in order.
    pub general: Vec<(String, String)>,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            digit_timeout: DIGIT_TIMEOUT,
            map: FeatureMap::default(),
            applications: Vec::new(),
            groups: Vec::new(),
            general: Vec::new(),
        }
    }
}

impl Features {
    /// Reads the file. One that does not exist means the defaults; `None` when Asterisk would refuse it.
    pub fn load(files: &mut dyn Files, path: &Path, sources: &mut Sources) -> (Option<Self>, Vec<Diagnostic>) {
        if files.read(path).is_err_and(|error| error.kind() == io::ErrorKind::NotFound) {
            return (Some(Self::default()), Vec::new());
        }
        let config = Config::read(files, path, sources);
        let mut diagnostics = config.diagnostics.clone();
        let features = (!config.is_refused()).then(|| Self::compile(&config, &mut diagnostics));
        (features, diagnostics)
    }

    /// Takes the features out of the sections of the file.
    pub fn compile(config: &Config, diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut features = Self::default();
        for section in &config.sections {
            match section.name.to_ascii_lowercase().as_str() {
                "general" => features.general(section),
                "featuremap" => features.map(section),
                "applicationmap" => {
                    for entry in &section.entries {
                        match feature(entry) {
                            Some(feature) => features.add(feature),
                            None => diagnostics.push(bad_feature(entry)),
                        }
                    }
                }
                _ => features.groups.push(group(section)),
            }
        }
        features
    }

    /// A setting of `[general]` as written, or Asterisk's default; empty where there is no such setting.
    pub fn setting(&self, name: &str) -> &str {
        let own = self.general.iter().rfind(|(known, _)| known.eq_ignore_ascii_case(name));
        let default = || DEFAULTS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str()).or_else(|| default().map(|(_, value)| *value)).unwrap_or("")
    }

    /// The feature of a name, without regard to case.
    pub fn application(&self, name: &str) -> Option<&Feature> {
        self.applications.iter().find(|feature| feature.name.eq_ignore_ascii_case(name))
    }

    /// The features that a value of `DYNAMIC_FEATURES` enables, `#` between names, groups resolved, with their keys.
    pub fn enabled<'a>(&'a self, names: &'a str) -> Vec<(&'a str, &'a Feature)> {
        let mut enabled = Vec::new();
        for name in names.split('#').filter(|name| !name.is_empty()) {
            if let Some(feature) = self.application(name) {
                enabled.push((feature.keys.as_str(), feature));
            } else if let Some(group) = self.groups.iter().find(|group| group.name.eq_ignore_ascii_case(name)) {
                let members = group.features.iter().filter_map(|(name, keys)| {
                    let feature = self.application(name)?;
                    Some((keys.as_deref().unwrap_or(&feature.keys), feature))
                });
                enabled.extend(members);
            }
        }
        enabled
    }

    fn general(&mut self, section: &Section) {
        for Entry { key, value, .. } in &section.entries {
            if key.eq_ignore_ascii_case("featuredigittimeout")
                && let Ok(milliseconds) = value.parse()
            {
                self.digit_timeout = Duration::from_millis(milliseconds);
            }
            self.general.push((key.to_string(), value.to_string()));
        }
    }

    fn map(&mut self, section: &Section) {
        for Entry { key, value, .. } in &section.entries {
            let keys = match key.to_ascii_lowercase().as_str() {
                "blindxfer" => &mut self.map.blindxfer,
                "atxfer" => &mut self.map.atxfer,
                "disconnect" => &mut self.map.disconnect,
                "automon" => &mut self.map.automon,
                "automixmon" => &mut self.map.automixmon,
                "parkcall" => &mut self.map.parkcall,
                _ => continue,
            };
            value.as_str().clone_into(keys);
        }
    }

    /// A name that comes again replaces the one before.
    fn add(&mut self, feature: Feature) {
        self.applications.retain(|known| !known.name.eq_ignore_ascii_case(&feature.name));
        self.applications.push(feature);
    }
}

fn group(section: &Section) -> Group {
    let keys = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
    let features = section.entries.iter().map(|entry| (entry.key.to_string(), keys(&entry.value))).collect();
    Group { name: section.name.clone(), features }
}

fn feature(entry: &Entry) -> Option<Feature> {
    let parsed = Grammar::parse(Rule::feature, &entry.value).ok()?.next()?;
    let mut feature = Feature {
        name: entry.key.to_string(),
        keys: String::new(),
        target: Target::Presser,
        activator: Activator::Both,
        application: String::new(),
        arguments: String::new(),
        music: None,
        span: entry.span,
    };
    let pieces = parsed.into_inner().flat_map(|pair| match pair.as_rule() {
        Rule::modern | Rule::old => pair.into_inner().collect(),
        _ => vec![pair],
    });
    for piece in pieces {
        let text = piece.as_str();
        match piece.as_rule() {
            Rule::keys => feature.keys = text.to_owned(),
            Rule::who => feature.target = target(text)?,
            Rule::by => feature.activator = activator(text)?,
            Rule::application => feature.application = text.to_owned(),
            Rule::inner | Rule::plain => feature.arguments = crate::conf::trim(text).to_owned(),
            Rule::quoted => feature.arguments = text.trim_matches('"').to_owned(),
            Rule::music => feature.music = Some(text.to_owned()).filter(|music| !music.is_empty()),
            _ => {}
        }
    }
    Some(feature)
}

fn target(word: &str) -> Option<Target> {
    let is = |expected: &str| word.eq_ignore_ascii_case(expected);
    match () {
        () if is("self") || is("caller") => Some(Target::Presser),
        () if is("peer") || is("callee") => Some(Target::Peer),
        () => None,
    }
}

fn activator(word: &str) -> Option<Activator> {
    let known = [("caller", Activator::Caller), ("callee", Activator::Callee), ("both", Activator::Both)];
    known.into_iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, activator)| activator)
}

fn bad_feature(entry: &Entry) -> Diagnostic {
    Diagnostic::warning(codes::BAD_FEATURE, format!("feature `{}` is not understood", entry.key))
        .at(entry.value_span, "this line is ignored")
        .help("write `name => keys,self,Application(arguments)`; instead of `self` also `peer`, with `/caller`, `/callee` or `/both`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;

    fn read(text: &str) -> (Features, Vec<Diagnostic>) {
        let mut files = Memory::default().with("features.conf", text);
        let (features, diagnostics) = Features::load(&mut files, Path::new("features.conf"), &mut Sources::default());
        (features.unwrap(), diagnostics)
    }

    #[test]
    fn the_applicationmap_has_an_old_and_a_new_form() {
        let (features, diagnostics) = read(
            "[applicationmap]\n\
             old => *1,caller,Macro,nway\n\
             quoted => *2,peer/callee,Set,\"X=a,b\",quiet\n\
             new => *3,self/both,Gosub(feat,s,1(a,b)),jazz\n\
             bare => *4 , callee , Hangup\n\
             bad => *5,nobody,NoOp()\n",
        );
        let seen = |name| {
            let feature = features.application(name).unwrap();
            (&*feature.keys, feature.target, &*feature.application, &*feature.arguments, feature.music.as_deref())
        };
        assert_eq!(seen("old"), ("*1", Target::Presser, "Macro", "nway", None));
        assert_eq!(seen("quoted"), ("*2", Target::Peer, "Set", "X=a,b", Some("quiet")));
        assert_eq!(seen("new"), ("*3", Target::Presser, "Gosub", "feat,s,1(a,b)", Some("jazz")));
        assert_eq!(seen("bare"), ("*4", Target::Peer, "Hangup", "", None));
        assert_eq!(features.application("quoted").map(|feature| feature.activator), Some(Activator::Callee));
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].code, codes::BAD_FEATURE);
    }

    #[test]
    fn settings_and_groups() {
        let (features, _) = read(
            "[general]\nfeaturedigittimeout = 500\n[featuremap]\natxfer => *2\n\
             [applicationmap]\na => 1,self,NoOp()\nb => 2,self,NoOp()\n[both]\na => *9\nb =>\n",
        );
        assert_eq!(features.digit_timeout, Duration::from_millis(500));
        assert_eq!((&*features.map.atxfer, &*features.map.disconnect), ("*2", "*"));
        let keys: Vec<_> =
            features.enabled("both#a").into_iter().map(|(keys, feature)| (keys, &*feature.name)).collect();
        assert_eq!(keys, [("*9", "a"), ("2", "b"), ("1", "a")]);
    }

    #[test]
    fn a_missing_file_means_the_defaults() {
        let mut files = Memory::default();
        let (features, diagnostics) = Features::load(&mut files, Path::new("features.conf"), &mut Sources::default());
        assert_eq!(features.unwrap().digit_timeout, DIGIT_TIMEOUT);
        assert!(diagnostics.is_empty());
    }
}
