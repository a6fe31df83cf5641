//! Emails over SMTP: sent, and sent again where the server was away.

use serde_json::json;
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
};
use testkit::{Backend, TestApp};
use uuid::Uuid;

/// Takes one email, as a server of SMTP would, and gives its lines.
fn take_one(listener: &TcpListener) -> Vec<String> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
    stream.write_all(b"220 test\r\n").unwrap();
    let mut message = Vec::new();
    while let Some(line) = lines.next() {
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        let answer = match verb.as_str() {
            "DATA" => {
                stream.write_all(b"354 go on\r\n").unwrap();
                message.extend(lines.by_ref().take_while(|line| line != "."));
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 fine",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).unwrap();
        if !message.is_empty() {
            break;
        }
    }
    message
}

#[test]
fn a_letter_that_could_not_be_sent_is_sent_when_its_event_is_told_again() {
    actix_web::rt::System::new().block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let url = format!("smtp://{address}");
        let app = TestApp::start_with(Backend::Sqlite, &["--smtp-url", &url]).await;
        let company = Some(app.company_a().await.id);
        let (event, payload) = (Uuid::now_v7(), json!({"email": "boss@alpha.example"}));
        let away = signin::emails::password_reset(app.platform(), company, event, &payload).await.unwrap_err();
        assert_eq!(away.code(), kernel::Code::Unavailable);

        let listener = TcpListener::bind(address).unwrap();
        let server = std::thread::spawn(move || take_one(&listener));
        signin::emails::password_reset(app.platform(), company, event, &payload).await.unwrap();
        let message = server.join().unwrap().join("\n");
        assert!(message.contains("To: boss@alpha.example") && message.contains("From: CXG <no-reply@cxg.test>"), "{message}");
        // nobody listens any more: told once more, nothing is sent
        signin::emails::password_reset(app.platform(), company, event, &payload).await.unwrap();
        assert!(!app.site().folder.join("mail").exists(), "with a server no email is left in the folder");
        app.stop().await;
    });
}
