"""One mail by the standard library: ``PYTHON start_smtplib.py PORT TEXT``."""

import smtplib
import sys
from email.message import EmailMessage

message = EmailMessage()
message["From"] = "ada@shop.example"
message["To"] = "reader1@example.net"
message["Subject"] = "Order 1"
message.set_content(sys.argv[2])
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as server:
    server.send_message(message)
