// Command pod does in a pod what a test asks for: prints what a server answers, uses memory, waits, ends with a code.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: pod get|postgres|eat|wait|exit WHAT"))
	}
	what := os.Args[2]
	switch os.Args[1] {
	case "get":
		get(what)
	case "postgres":
		postgres(what)
	case "eat":
		eat(what)
	case "wait":
		wait(what)
	case "exit":
		code, err := strconv.Atoi(what)
		fail(err)
		os.Exit(code)
	}
}

// get prints the status of an answer, how long its body is, and how fast it came.
func get(url string) {
	started := time.Now()
	answer, err := http.Get(url)
	fail(err)
	length, err := io.Copy(io.Discard, answer.Body)
	fail(err)
	seconds := time.Since(started).Seconds()
	fmt.Printf("%d, %d bytes, %.0f MB/s\n", answer.StatusCode, length, float64(length)/1e6/seconds)
}

// postgres asks a server whether it speaks TLS, which only PostgreSQL answers by an S.
func postgres(address string) {
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	fail(err)
	_, err = connection.Write([]byte{0, 0, 0, 8, 4, 210, 22, 47})
	fail(err)
	answer := make([]byte, 1)
	_, err = io.ReadFull(connection, answer)
	fail(err)
	fmt.Println(string(answer))
}

// eat takes memory until it is stopped.
func eat(megabytes string) {
	count, err := strconv.Atoi(megabytes)
	fail(err)
	held := make([][]byte, count)
	for i := range held {
		held[i] = make([]byte, 1<<20)
		for at := range held[i] {
			held[i][at] = 1
		}
	}
	fmt.Println("held", len(held))
}

// wait ends with 143 when it is told to, and with 0 after some seconds.
func wait(seconds string) {
	count, err := strconv.Atoi(seconds)
	fail(err)
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	fmt.Println("waiting")
	select {
	case <-told:
		fmt.Println("told to end")
		os.Exit(143)
	case <-time.After(time.Duration(count) * time.Second):
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
