//! The plan, its applications and functions.

use super::{PLAN, told};
use crate::management::console::testing::Desk;

#[tokio::test(start_paused = true)]
async fn the_plan() {
    let desk = Desk::new(PLAN);
    insta::assert_snapshot!(told(&desk, "dialplan show").await, @r"
    [ Context 'default' created by 'pbx_config' ]|
      '100' =>          1. Answer()                                   [extensions.conf:4]|
         [again]        2. Set(COLOR=red)                             [extensions.conf:5]|
                        3. Wait(600)                                  [extensions.conf:6]|
      '_2XXX' (CID match '2001') => 1. Dial(SIP/${EXTEN},20,tT)                   [extensions.conf:7]|
      '2001' =>         hint: SIP/2001&Custom:lamp                    [extensions.conf:8]|
      Include =>        'services'                                    [pbx_config]|
      Ignore pattern => '9'                                           [pbx_config]|
    |
    [ Context 'services' created by 'pbx_config' ]|
      '*97' =>          1. NoOp(${CALLERID(num)})                     [extensions.conf:12]|
      Alt. Switch =>    'Loopback/@default'                           [pbx_config]|
    |
    -= 4 extensions (6 priorities) in 2 contexts. =-|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show *97@default").await, @r"
    [ Context 'services' created by 'pbx_config' ]|
      '*97' =>          1. NoOp(${CALLERID(num)})                     [extensions.conf:12]|
    |
    -= 1 extension (1 priority) in 1 context. =-|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show nowhere").await, @r"
    There is no existence of 'nowhere' context|
    Command 'dialplan show nowhere' failed.|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show 7@default").await, @r"
    There is no existence of 7@default extension|
    Command 'dialplan show 7@default' failed.|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan set global COLOR \"deep red\"").await, @r"
    |
        -- Global variable 'COLOR' set to 'deep red'|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan show globals").await, @r"
       TRUNK=SIP/provider|
       COLOR=deep red|
    |
        -- 2 variable(s)|
    ");
    insta::assert_snapshot!(told(&desk, "dialplan eval function LEN(hello)").await, @r"
    Return Value: Success (0)|
    Result: 5|
    ");
    insta::assert_snapshot!(told(&desk, "core show hints").await, @r"
    |
        -= Registered Asterisk Dial Plan Hints =-|
    2001@default        : SIP/2001&Custom:lamp  State:Idle            Presence:not_set         Watchers  0|
    ----------------|
    - 1 hints registered|
    ");
    insta::assert_snapshot!(told(&desk, "core show hint 2001").await, @r"
    2001@default        : SIP/2001&Custom:lamp  State:Idle            Presence:not_set         Watchers  0|
    1 hint matching extension 2001|
    ");
}

#[tokio::test(start_paused = true)]
async fn applications_and_functions() {
    let desk = Desk::new(PLAN);
    insta::assert_snapshot!(told(&desk, "core show applications like saydig").await, @r"
    -= Matching Asterisk Applications =-|
             SayDigits: Says digits one by one|
    -= 1 Applications Matching =-|
    ");
    insta::assert_snapshot!(told(&desk, "core show application wait").await, @r"
    |
      -= Info about application 'Wait' =- |
    |
    [Synopsis]|
    Waits|
    |
    [Description]|
    Waits.|
    |
    The time is a number of seconds, with a fraction if need be, or has a unit: `Wait(500ms)`, `Wait(2m)`. Keys that are|
    pressed meanwhile are not kept.|
    |
    [Syntax]|
    Wait(seconds)|
    |
    [Arguments]|
    seconds|
        Seconds.|
    |
    [See Also]|
    Not available|
    |
    ");
    insta::assert_snapshot!(told(&desk, "core show function CUT").await, @r"
    |
      -= Info about function 'CUT' =- |
    |
    [Synopsis]|
    Fields of a variable's value|
    |
    [Description]|
    Takes fields out of a variable's value, counted from 1.|
    |
    The first argument is the variable's name, not its value; a function stands there without `${}`. The delimiter is|
    one character, a dash if it is left out. The range is a number, `2-4`, `-2`, `2-`, or several joined by `&` in|
    rising order. Several fields come back with the delimiter between them.|
    |
    [Syntax]|
    CUT(variable[,delimiter,range])|
    |
    [Arguments]|
    variable|
        The name of a variable to set.|
    delimiter|
        Text.|
    range|
        Text.|
    |
    [See Also]|
    Not available|
    |
    ");
    insta::assert_snapshot!(told(&desk, "core show functions like TOUPPER").await, @r"
    Matching Custom Functions:|
    --------------------------------------------------------------------------------|
    TOUPPER               TOUPPER(text)                        A text in capital letters|
    1 matching custom functions.|
    ");
    insta::assert_snapshot!(told(&desk, "core show application nothing").await, @r"
    Your application(s) is (are) not registered|
    Command 'core show application nothing' failed.|
    ");
    insta::assert_snapshot!(told(&desk, "module show like app_dial.so").await, @r"
    Module                         Description                              Use Count  Status      Support Level|
    app_dial.so                    Calls destinations and joins the caller  0          Running              core|
    1 modules loaded|
    ");
    insta::assert_snapshot!(told(&desk, "agi show commands topic GET DATA").await, @r"
    |
      -= Info about AGI 'get data' =- |
    |
    [Syntax]|
    GET DATA <file> [<milliseconds>] [<digits>]|
    |
    [Runs Dead]|
    No|
    |
    [Description]|
    Plays sounds, joined by &, and reads digits up to #. They are the result, followed by (timeout) when the time ran|
    out; -1 when the caller is gone or nothing could be played.|
    |
    ");
}
