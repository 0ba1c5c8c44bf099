// Command control-plane is etcd, kube-apiserver, kube-controller-manager and kube-scheduler in one binary. Its first
// argument says which of them to be; the rest is passed on. Linked together they are a third of the size that they have apart.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

// Commands are built only on request: each registers its flags and metrics in registries that the whole process shares.
var commands = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllermanager.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
}

func main() {
	if len(os.Args) < 2 {
		fail("no component given")
	}
	component := os.Args[1]
	os.Args = append([]string{component}, os.Args[2:]...)
	if component == "etcd" {
		etcdmain.Main(os.Args)
		return
	}
	newCommand, known := commands[component]
	if !known {
		fail(fmt.Sprintf("unknown component %q", component))
	}
	os.Exit(cli.Run(newCommand()))
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message+"; give etcd, kube-apiserver, kube-controller-manager or kube-scheduler")
	os.Exit(2)
}
