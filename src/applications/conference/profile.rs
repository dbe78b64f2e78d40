//! `confbridge.conf`: profiles of users and bridges, and menus. Read anew each time a party enters.

use crate::conf::{Config, Disk, Section, is_true};
use crate::diagnostic::Sources;
use crate::interpreter::Call;

/// What a key of a menu does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MenuAction {
    Leave,
    ToggleMute,
    Nothing,
}

/// A menu: keys and what they do.
pub(super) type Menu = Vec<(String, Vec<MenuAction>)>;

/// The profiles that a ConfBridge goes by.
pub(super) struct Profiles {
    config: Option<Config>,
}

/// One kind of profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    User,
    Bridge,
    Menu,
}

impl Sort {
    fn word(self) -> &'static str {
        match self {
            Sort::User => "user",
            Sort::Bridge => "bridge",
            Sort::Menu => "menu",
        }
    }
}

/// The settings of a profile: those of the file, and over them those set on the channel.
pub(super) struct Profile<'a> {
    section: Option<&'a Section>,
    own: Vec<(String, String)>,
}

impl Profile<'_> {
    pub fn get(&self, name: &str) -> Option<&str> {
        let own = self.own.iter().rfind(|(known, _)| known.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_str()).or_else(|| self.section?.get(name))
    }

    pub fn is_on(&self, name: &str) -> bool {
        self.get(name).is_some_and(is_true)
    }
}

impl Profiles {
    pub fn read(call: &Call) -> Self {
        let path = call.exchange.folder.join("confbridge.conf");
        let config = path.exists().then(|| Config::read(&mut Disk::default(), &path, &mut Sources::default()));
        Self { config }
    }

    /// The section of this name and sort.
    fn section(&self, sort: Sort, name: &str) -> Option<&Section> {
        let is_of_sort =
            |section: &&Section| section.get("type").is_some_and(|kind| kind.eq_ignore_ascii_case(sort.word()));
        let mut sections = self.config.as_ref()?.sections.iter().filter(|section| section.name == name);
        sections.find(is_of_sort)
    }

    /// The profile of this name; without one, what was set on the channel, else the default. `None` where a name is
    /// given that no profile has.
    pub fn profile(&self, call: &Call, sort: Sort, name: Option<&str>) -> Option<Profile<'_>> {
        let default = format!("default_{}", sort.word());
        if let Some(name) = name {
            let section = self.section(sort, name);
            return (section.is_some() || name == default).then_some(Profile { section, own: Vec::new() });
        }
        let prefix = format!("CONFBRIDGE/{}/", sort.word());
        let state = call.channel.state();
        let of_channel = state.settings.iter().filter_map(|(name, value)| Some((name.strip_prefix(&prefix)?, value)));
        let own: Vec<_> = of_channel.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let template = own.iter().find(|(name, _)| name == "template").map(|(_, value)| value.as_str());
        let section = self.section(sort, template.unwrap_or(&default));
        Some(Profile { section, own })
    }

    /// The menu of this name; without one, none. `None` where a name is given that no menu has.
    pub fn menu(&self, call: &Call, name: Option<&str>) -> Option<Menu> {
        let profile = self.profile(call, Sort::Menu, name)?;
        if name == Some("default_menu") && profile.section.is_none() {
            return Some(vec![("*1".to_owned(), vec![MenuAction::ToggleMute])]);
        }
        let of_file = profile.section.into_iter().flat_map(|section| &section.entries);
        let entries = of_file.map(|entry| (entry.key.as_str(), entry.value.as_str()));
        let of_channel = profile.own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let is_key = |key: &str| key.chars().all(|key| key.is_ascii_digit() || "*#ABCD".contains(key));
        let keys = entries.chain(of_channel).filter(|(key, _)| is_key(key));
        Some(keys.map(|(key, actions)| (key.to_owned(), read_actions(call, actions))).collect())
    }
}

fn read_actions(call: &Call, text: &str) -> Vec<MenuAction> {
    let action = |word: &str| match word.trim() {
        "leave_conference" => Some(MenuAction::Leave),
        "toggle_mute" => Some(MenuAction::ToggleMute),
        "no_op" => Some(MenuAction::Nothing),
        other => {
            call.context().warn(&format!("ConfBridge's menu action `{other}` is not there yet: its key does nothing"));
            None
        }
    };
    crate::interpreter::split_raw(text, ',').into_iter().filter_map(action).collect()
}
