//! `moh`: music on hold.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command, Request};
use crate::media::music::Order;

pub static SHOW_CLASSES: Command =
    Command::now("moh show classes", "", "Lists the classes of music on hold", |request| {
        Answer::of(Classes(classes(request)))
    });

pub static SHOW_FILES: Command =
    Command::now("moh show files", "", "Lists the files of the classes of music on hold", |request| {
        Answer::of(Files(classes(request)))
    });

fn classes(request: &Request<'_>) -> Vec<Class> {
    let music = request.exchange().audio();
    let classes = music.music.iter().map(|(name, class)| Class {
        name: name.to_owned(),
        sort: match class.order {
            Order::Sorted => "alpha",
            Order::SortedFromAny => "randstart",
            Order::Random => "random",
        },
        directory: class.files.first().and_then(|file| file.parent()).map(|at| at.display().to_string()),
        files: class.files.iter().map(|file| file.display().to_string()).collect(),
    });
    classes.collect()
}

#[derive(Serialize)]
struct Class {
    name: String,
    sort: &'static str,
    directory: Option<String>,
    files: Vec<String>,
}

#[derive(Serialize)]
struct Classes(Vec<Class>);

impl Display for Classes {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for class in &self.0 {
            writeln!(formatter, "Class: {}", class.name)?;
            writeln!(formatter, "\tMode: files")?;
            writeln!(formatter, "\tDirectory: {}", class.directory.as_deref().unwrap_or(""))?;
            writeln!(formatter, "\tSort: {}", class.sort)?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Files(Vec<Class>);

impl Display for Files {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for class in &self.0 {
            writeln!(formatter, "Class: {}", class.name)?;
            class.files.iter().try_for_each(|file| writeln!(formatter, "\tFile: {file}"))?;
        }
        Ok(())
    }
}
