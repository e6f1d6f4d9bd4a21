module pentimento

go 1.26
