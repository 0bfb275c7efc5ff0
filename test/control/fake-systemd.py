"""Stands in for systemd: prints what it is told on a datagram socket, a line each, a message ended by a line of its own."""
import socket
import sys

receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(receiver.recv(65536).decode() + "\n.", flush=True)
