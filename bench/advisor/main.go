// advisor: the least that a Go program must do to list a Spot Advisor's file: decode it by encoding/json,
// sort, print CSV. bench/advisor.py times it beside ours.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sort"
)

type advice struct {
	Savings int `json:"s"`
	Band    int `json:"r"`
}

type file struct {
	Ranges []struct {
		Label string `json:"label"`
	} `json:"ranges"`
	Types map[string]struct {
		Cores int     `json:"cores"`
		Ram   float64 `json:"ram_gb"`
		Emr   bool    `json:"emr"`
	} `json:"instance_types"`
	Regions map[string]struct {
		Linux   map[string]advice
		Windows map[string]advice
	} `json:"spot_advisor"`
}

type row struct {
	region, kind string
	advice
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var whole file
	if err := json.Unmarshal(text, &whole); err != nil {
		panic(err)
	}
	var rows []row
	for region, systems := range whole.Regions {
		for kind, entry := range systems.Linux {
			rows = append(rows, row{region, kind, entry})
		}
	}
	sort.Slice(rows, func(i, j int) bool {
		a, b := rows[i], rows[j]
		if a.Band != b.Band {
			return a.Band < b.Band
		}
		if a.kind != b.kind {
			return a.kind < b.kind
		}
		return a.region < b.region
	})
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintln(out, "Region,Instance Info,vCPU,Memory GiB,Savings over On-Demand,Frequency of interruption")
	for _, r := range rows {
		facts := whole.Types[r.kind]
		fmt.Fprintf(out, "%s,%s,%d,%g,%d,%s\n", r.region, r.kind, facts.Cores, facts.Ram, r.Savings,
			whole.Ranges[r.Band].Label)
	}
}
