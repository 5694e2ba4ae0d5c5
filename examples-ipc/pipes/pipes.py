"""The same program in Python: multiprocessing.Pipe, one way and both ways."""

import multiprocessing

SIZE = 1024 * 1024
MESSAGE = (b"hello world" * (SIZE // 11 + 1))[:SIZE]


def sender(to_parent):
    to_parent.send_bytes(MESSAGE)


def echo(connection):
    connection.send_bytes(connection.recv_bytes())


def one_way():
    from_child, to_parent = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.Process(target=sender, args=[to_parent])
    child.start()
    to_parent.close()  # this process's copy of the writing end
    received = from_child.recv_bytes()
    child.join()
    return received


def both_ways(question):
    connection, to_parent = multiprocessing.Pipe()  # a socket pair on Unix
    child = multiprocessing.Process(target=echo, args=[to_parent])
    child.start()
    to_parent.close()
    connection.send_bytes(question)
    answer = connection.recv_bytes()
    child.join()
    return answer


if __name__ == "__main__":
    received = one_way()
    assert received == MESSAGE
    print(f"One way, over a pipe: {len(received)} bytes came")

    answer = both_ways(MESSAGE)
    assert answer == MESSAGE
    print(f"Both ways, over a socket pair: {len(answer)} bytes came back")
